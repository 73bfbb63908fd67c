// The layout, rule by rule.

#include "format/format.h"

#include <gtest/gtest.h>

#include "unit/format/formatting.h"

namespace appnet::format {
namespace {

TEST(Format, OneStatementALineAndOneSpaceBetweenWords) {
  EXPECT_EQ(Formatted("policy  p ;import std . services;"), std::nullopt);
  EXPECT_EQ(Formatted("policy  p ;import\tstd.services  ;\r\n unmatched\n\n deny;"),
            "policy p;\nimport std.services;\nunmatched deny;\n");
}

TEST(Format, SignsInsideValuesTouchTheirNeighbours) {
  EXPECT_EQ(Formatted("service s=tcp / 5000 - 5100 ,icmp/3 : 1,( any except(ip / 47) );"),
            "service s = tcp/5000-5100, icmp/3:1, (any except (ip/47));\n");
  EXPECT_EQ(Formatted("host h = 10.0.0.1 - 10.0.0.9, ::1/128;forward any via \"a\"->\"b\";"),
            "host h = 10.0.0.1-10.0.0.9, ::1/128;\nforward any via \"a\" -> \"b\";\n");
}

TEST(Format, BlocksAreIndentedAndNeverOnOneLine) {
  EXPECT_EQ(Formatted("domain a{if(b)and not(c){connect any;}else if d{}else{accept any;}}"),
            "domain a {\n"
            "    if (b) and not (c) {\n"
            "        connect any;\n"
            "    } else if d {\n"
            "    } else {\n"
            "        accept any;\n"
            "    }\n"
            "}\n");
}

TEST(Format, ArgumentsTouchTheirName) {
  EXPECT_EQ(Formatted("template t ( domain d,host h ) { }use t ( (a,b) , any );"),
            "template t(domain d, host h) {\n}\nuse t((a, b), any);\n");
}

TEST(Format, AnnotationsStandOnLinesOfTheirOwn) {
  EXPECT_EQ(Formatted("@ owner ( \"a  b\" ) @ticket(\"c\")\n\nconnect any;"),
            "@owner(\"a  b\")\n@ticket(\"c\")\nconnect any;\n");
}

TEST(Format, OneEmptyLineIsKept) {
  EXPECT_EQ(Formatted("\n\npolicy p;\n\n\n\ndomain a {\n\nconnect any;\n\n\n# c\n\n}\n\n\n"),
            "policy p;\n\ndomain a {\n    connect any;\n\n    # c\n}\n");
}

TEST(Format, SignsOfNeighboursAreAligned) {
  EXPECT_EQ(
      Formatted("host a = any;\n# b\nhost long_name = any;\n@owner(\"c\") host d = any;\n\nhost bb = any;\n"
                "host cc = any;\ninterface i = any;\nboolean on = true;\nboolean o = true;"),
      "host a         = any;\n"
      "# b\n"
      "host long_name = any;\n"
      "@owner(\"c\")\n"
      "host d         = any;\n"
      "\n"
      "host bb = any;\n"
      "host cc = any;\n"
      "interface i = any;\n"
      "boolean on = true;\n"
      "boolean o  = true;\n");
}

TEST(Format, LongLinesAreBrokenAfterCommasAndBeforeClauses) {
  std::string hosts = "10.0.0.1";
  for (int i = 0; i < 12; ++i) hosts += ", 10.0.0.1";
  EXPECT_EQ(
      Formatted("host h = " + hosts + ";"),
      "host h = 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1, 10.0.0.1, "
      "10.0.0.1, 10.0.0.1,\n         10.0.0.1, 10.0.0.1;\n");
  const std::string name(100, 'n');
  EXPECT_EQ(Formatted("domain a { connect " + name + " to lan_of_the_company via any; }"),
            "domain a {\n    connect " + name + "\n        to lan_of_the_company via any;\n}\n");
  EXPECT_EQ(Formatted("host " + name + " = any, " + name + ";"),
            "host " + name + " = any,\n    " + name + ";\n");
}

TEST(Format, WidthIsCountedInCharacters) {
  std::string text;  // two bytes each
  for (int i = 0; i < 96; ++i) text += "\u00e9";
  const std::string statement = "@owner(\"" + text + "\")\nconnect any to any;\n";
  EXPECT_EQ(Formatted(statement), statement);
  const std::string declaration = "interface i = \"" + text + "\", any;\n";
  EXPECT_EQ(Formatted(declaration), declaration);
}

TEST(Format, CommentsStayWhereTheyStand) {
  const std::string text =
      "# first\n"
      "\n"
      "policy p;  # behind\n"
      "# above\n"
      "domain a {  # behind a brace\n"
      "    # in a block\n"
      "    connect any;\n"
      "    # at the end of a block\n"
      "}  # behind a block\n"
      "# last\n";
  EXPECT_EQ(Formatted(text), text);
}

TEST(Format, CommentsInAStatementBreakIt) {
  const std::string text =
      "host h =\n"
      "         # the proxy\n"
      "         10.0.0.1,  # wire\n"
      "         10.0.0.2, 10.0.0.3\n"
      "         # all but\n"
      "         except 10.0.0.2;\n"
      "if a\n"
      "    # why\n"
      "    and b {\n"
      "}\n"
      "# otherwise\n"
      "else {\n"
      "}\n";
  EXPECT_EQ(Formatted(text), text);
}

TEST(Format, CommentsWhereNoLineCanEndGoBehindTheWord) {
  EXPECT_EQ(Formatted("service s # a\n = tcp # b\n / # c\n 443 # d\n , any # e\n ;"),
            "service s =  # a\n            tcp/443,  # b\n            # c\n            # d\n            any; "
            " # e\n");
  EXPECT_EQ(Formatted("domain d # a\n # b\n { }"), "domain d {  # a\n    # b\n}\n");
}

TEST(Format, SpacesAtTheEndOfCommentsAndTheByteOrderMarkGo) {
  EXPECT_EQ(Formatted("\xEF\xBB\xBFpolicy p; # a  \t\r\n#\r\n"), "policy p;  # a\n#\n");
}

TEST(Format, NothingIsNothing) {
  EXPECT_EQ(Formatted(""), "");
  EXPECT_EQ(Formatted(" \n\n "), "");
  EXPECT_EQ(Formatted("\n# a"), "# a\n");
}

TEST(Format, SyntaxErrorsAreReported) {
  source::SourceMap sources;
  diag::Emitter emitter;
  EXPECT_EQ(Format(sources, sources.Add("a.appnet", "policy ;\nhost h = ;"), emitter), std::nullopt);
  EXPECT_EQ(emitter.error_count(), 2U);
}

}  // namespace
}  // namespace appnet::format
