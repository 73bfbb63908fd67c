// Texts made to break the parser: each is right, or is refused in time and in words.

#include <gtest/gtest.h>

#include <random>

#include "ast/equal.h"
#include "unit/parse/parsing.h"

namespace appnet::parse {
namespace {

std::string Times(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

std::string Messages(const std::string& text) { return Parsed(text).Messages(); }

TEST(HostileInput, InvalidUtf8) {
  EXPECT_EQ(Messages("host a = any; # \xff\xff\nx"),
            "1:17: the file is not UTF-8 text: byte 0xFF [not-utf8]\n  save it as UTF-8\n");
  for (const char* bad : {"\x80", "\xc0\x80", "\xc3", "\xc3(", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82"}) {
    EXPECT_EQ(Parsed(std::string("# ") + bad).emitter.error_count(), 1U);
  }
  EXPECT_EQ(Messages("# \u00E9\u65E5\U0001F600\uFFFD"), "");
}

TEST(HostileInput, Utf16) {
  EXPECT_EQ(Messages(std::string("\xff\xfep\0o\0", 6)),
            "1:1: the file is UTF-16 text, and policies are UTF-8 [not-utf8]\n  save it as UTF-8\n");
  EXPECT_EQ(Parsed(std::string("\xfe\xff\0p", 4)).Underlined(), "\xfe\xff");
}

TEST(HostileInput, ControlCharacters) {
  EXPECT_EQ(Messages(std::string("host a\0 = any;", 14)),
            "1:7: the text holds a NUL byte [forbidden-character]\n  remove it\n");
  EXPECT_EQ(Messages("# \x1b[2J\x07\n"),
            "1:3: the text holds the control character U+001B [forbidden-character]\n  remove it\n"
            "1:7: the text holds the control character U+0007 [forbidden-character]\n  remove it\n");
  EXPECT_EQ(Messages("# a\rallow\n"),
            "1:4: the text holds a carriage return that ends no line [forbidden-character]\n  remove it\n");
  EXPECT_EQ(Messages("# \u0085\x7f"),
            "1:3: the text holds the control character U+0085 [forbidden-character]\n  remove it\n"
            "1:4: the text holds the control character U+007F [forbidden-character]\n  remove it\n");
  EXPECT_EQ(Messages("# \u202E"),
            "1:3: the text holds the character U+202E, which turns the direction of writing "
            "[forbidden-character]\n  remove it\n");
  EXPECT_EQ(Parsed("# \u2066x").Underlined(), "\u2066");
  EXPECT_EQ(Parsed(std::string(100000, '\0')).emitter.error_count(),
            static_cast<std::size_t>(kMaxSyntaxErrors));
  EXPECT_EQ(Messages("host a = any;\r\n\thost b = any;\r\n"), "");
}

TEST(HostileInput, Nesting) {
  const std::string slug = "[nesting-too-deep]";
  for (const std::string& text : {
           "host a = " + Times("(", 20000) + "any" + Times(")", 50000) + ";",
           Times("(", 20000),
           "if " + Times("(", 20000) + "a" + Times(")", 50000) + " { }",
           "if " + Times("not ", 20000) + "a { }",
           "if " + Times("(not not not ", 10000) + "a { }",
           Times("domain a {\n", 20000),
           Times("if a { } else ", 100000) + "{ }",
           Times("if a { } # c\n else # d\n", 100000),
           Times("if a { } else { ", 20000),
           Times("domain a { ) ", 20000),
           Times("domain a { ( ", 20000),
           Times("host a = ( } ", 1) + Times("if a { ) } else if b { ", 20000),
           "use t(" + Times("(", 300) + "a" + Times(")", 300) + ");",
       }) {
    const Parsed parsed(text);
    EXPECT_EQ(parsed.emitter.error_count(), 1U);
    EXPECT_NE(parsed.Messages().find(slug), std::string::npos) << text.substr(0, 60);
    EXPECT_TRUE(parsed.file.statements.empty());
  }
  EXPECT_EQ(Parsed("host a = " + Times("(", 201)).Underlined(), "(");
}

TEST(HostileInput, OneHugeLine) {
  const std::string ok = "host a = " + Times("10.0.0.1, ", 100000) + "any;";
  EXPECT_EQ(Messages(ok), "");
  EXPECT_EQ(Messages(Times("host a = any; ", 70000) + "!"),
            "1:980001: unexpected character `!` [syntax-error]\n  write `not`\n");
  EXPECT_EQ(Parsed(std::string(1000000, '"')).emitter.error_count(), 1U);
  EXPECT_EQ(Parsed(std::string(1000000, 'a')).emitter.error_count(), 1U);
  EXPECT_EQ(Parsed(std::string(1000000, '1')).emitter.error_count(), 1U);
  EXPECT_EQ(Parsed(std::string(1000000, ':')).emitter.error_count(), 1U);
  EXPECT_EQ(Parsed("host " + std::string(1000000, 'a') + " = ;").emitter.error_count(), 1U);
  EXPECT_EQ(Messages("# " + Times("\u65E5", 300000)), "");
  // What is shown of it is short.
  const Parsed parsed(Times("\u00E9", 500000));
  EXPECT_LT(diag::RenderText(parsed.emitter.Sorted(), parsed.sources, {}).size(), 1000U);
}

TEST(HostileInput, ALongBrokenHead) {
  // Looking for the `{` of each is not quadratic.
  EXPECT_LE(Parsed("domain , " + Times("a ", 500000)).emitter.error_count(), 20U);
}

// Never a crash, never a hang, errors reported for whatever is dropped; printing what was understood parses
// again.
void Survives(const std::string& text) {
  const Parsed parsed(text);
  for (const diag::Diagnostic& diagnostic : parsed.emitter.Sorted()) {
    ASSERT_TRUE(diagnostic.span);
    EXPECT_LE(diagnostic.span->begin, diagnostic.span->end);
    EXPECT_LE(diagnostic.span->end, text.size());
    EXPECT_EQ(diagnostic.message.find("mismatched"), std::string::npos);
  }
  diag::RenderText(parsed.emitter.Sorted(), parsed.sources, {true});
  const Parsed again(parsed.Printed());
  EXPECT_EQ(again.Messages(), "") << text;
  EXPECT_TRUE(ast::Equal(parsed.file, again.file)) << text;
}

TEST(HostileInput, RandomBytes) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (std::size_t i = random() % 500; i > 0; --i) text += static_cast<char>(random() % 256);
    Survives(text);
  }
}

TEST(HostileInput, RandomPrintableCharacters) {
  std::mt19937 random(2);
  constexpr std::string_view kCharacters = "ab10.:;,{}()=\"#@/*-> \n\t\\'%$!";
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (std::size_t i = random() % 300; i > 0; --i) text += kCharacters[random() % kCharacters.size()];
    Survives(text);
  }
}

TEST(HostileInput, RandomWords) {
  std::mt19937 random(3);
  const std::vector<std::string> words = {
      "policy",   "library", "import",  "host",     "interface", "service", "group",    "boolean",   "domain",
      "connect",  "accept",  "forward", "to",       "from",      "at",      "via",      "as",        "audit",
      "if",       "else",    "not",     "and",      "or",        "true",    "label",    "unmatched", "base",
      "deny",     "enforce", "always",  "template", "use",       "assert",  "only",     "can",       "cannot",
      "except",   "any",     "tcp",     ";",        ";",         ";",       ",",        "=",         "{",
      "}",        "(",       ")",       "/",        "*",         ":",       "->",       "-",         "@",
      "10.0.0.1", "fe80::1", "80",      "8x",       "a",         "b.c",     "\"eth0\"", "\"",        "\n",
      "\n",       "\u00E9"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::size_t i = random() % 60; i > 0; --i) text += words[random() % words.size()] + " ";
    Survives(text);
  }
}

// A good text with one token gone, doubled or replaced.
TEST(HostileInput, MutatedPolicies) {
  const std::vector<std::string> tokens = {
      "policy",  "p",        ";",        "host", "h",     "=",       "10.0.0.0", "/",  "8",       "except",
      "(",       "a",        ",",        "b",    ")",     ";",       "domain",   "d",  "{",       "@",
      "owner",   "(",        "\"x\"",    ")",    "audit", "connect", "tcp",      "/",  "80",      "to",
      "h",       "via",      "\"eth0\"", ";",    "if",    "not",     "(",        "x",  "or",      "y",
      ")",       "{",        "accept",   "any",  ";",     "}",       "else",     "if", "z",       "{",
      "}",       "else",     "{",        "use",  "t",     "(",       "a",        ")",  ";",       "}",
      "}",       "template", "t",        "(",    "host",  "q",       ")",        "{",  "forward", "any",
      "via",     "a",        "->",       "b",    "as",    "c_t",     ";",        "}",  "assert",  "only",
      "d",       "can",      "connect",  "icmp", "/",     "3",       ":",        "1",  ";",       "unmatched",
      "forward", "deny",     ";"};
  const auto join = [](const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts)
      out += part + (part == ";" || part == "{" || part == "}" ? "\n" : " ");
    return out;
  };
  ASSERT_EQ(Messages(join(tokens)), "");
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    std::vector<std::string> gone = tokens;
    gone.erase(gone.begin() + static_cast<std::ptrdiff_t>(i));
    Survives(join(gone));
    std::vector<std::string> doubled = tokens;
    doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(i), tokens[i]);
    Survives(join(doubled));
    for (const char* other : {";", "{", "}", "via", "x", "!", "\""}) {
      std::vector<std::string> replaced = tokens;
      replaced[i] = other;
      Survives(join(replaced));
    }
    Survives(join({tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(i)}));
  }
}

}  // namespace
}  // namespace appnet::parse
