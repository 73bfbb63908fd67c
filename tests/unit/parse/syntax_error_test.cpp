// Wrong texts: what is said, where, and how reading goes on.

#include <gtest/gtest.h>

#include "unit/parse/parsing.h"

namespace appnet::parse {
namespace {

std::string Messages(const std::string& text) { return Parsed(text).Messages(); }

TEST(SyntaxError, SaysWhatIsDue) {
  EXPECT_EQ(Messages("connect https to via lan;"),
            "1:18: expected a host set after `to`, found `via` [syntax-error]\n");
  EXPECT_EQ(Messages("connect https via;"),
            "1:18: expected an interface set after `via`, found `;` [syntax-error]\n");
  EXPECT_EQ(Messages("accept from any;"),
            "1:8: expected a service set after `accept`, found `from` [syntax-error]\n"
            "  the services come first; `any` stands for all of them\n");
  EXPECT_EQ(Messages("forward any via a -> ;"),
            "1:22: expected an interface set after `->`, found `;` [syntax-error]\n");
  EXPECT_EQ(Messages("domain { }"), "1:8: expected a domain set after `domain`, found `{` [syntax-error]\n");
  EXPECT_EQ(Messages("group g = ;"),
            "1:11: expected a set of SELinux types and attributes after `=`, found `;` [syntax-error]\n");
  EXPECT_EQ(Messages("host a = any except ;"),
            "1:21: expected a host set after `except`, found `;` [syntax-error]\n");
  EXPECT_EQ(Messages("host a = any, ;"), "1:15: expected a host set after `,`, found `;` [syntax-error]\n");
  EXPECT_EQ(Messages("host a any;"), "1:8: expected `=` after `a`, found `any` [syntax-error]\n");
  EXPECT_EQ(Messages("host = any;"), "1:6: expected a name after `host`, found `=` [syntax-error]\n");
  EXPECT_EQ(Messages("if { }"), "1:4: expected a condition after `if`, found `{` [syntax-error]\n");
  EXPECT_EQ(Messages("if a and { }"), "1:10: expected a condition after `and`, found `{` [syntax-error]\n");
  EXPECT_EQ(Messages("if a { } else b { }"),
            "1:15: expected `if` or `{` after `else`, found `b` [syntax-error]\n");
  EXPECT_EQ(Messages("boolean b = 1;"),
            "1:13: expected `true` or `false` after `=`, found `1` [syntax-error]\n");
  EXPECT_EQ(Messages("connect tcp/;"),
            "1:13: expected a port, an ICMP type or `*` after `/`, found `;` [syntax-error]\n");
  EXPECT_EQ(Messages("connect tcp;"), "1:12: expected `/` after `tcp`, found `;` [syntax-error]\n");
  EXPECT_EQ(Messages("assert a connect x;"),
            "1:10: expected `can` or `cannot` after `a`, found `connect` [syntax-error]\n");
  EXPECT_EQ(Messages("assert a can use x;"),
            "1:14: expected `connect`, `accept` or `forward` after `can`, found `use` [syntax-error]\n");
  EXPECT_EQ(
      Messages("unmatched;"),
      "1:10: expected `base`, `inherit`, `audit` or `deny` after `unmatched`, found `;` [syntax-error]\n");
  EXPECT_EQ(Messages("@owner(x) forward any;"),
            "1:8: expected a quoted text after `(`, found `x` [syntax-error]\n");
  EXPECT_EQ(
      Messages("template t(x y) { }"),
      "1:12: expected `domain`, `host`, `service`, `interface` or `)` after `(`, found `x` [syntax-error]\n");
  EXPECT_EQ(Messages("use t(;"), "1:7: expected an argument or `)` after `(`, found `;` [syntax-error]\n");
  EXPECT_EQ(Messages("use t(a,);"), "1:9: expected an argument after `,`, found `)` [syntax-error]\n");
  EXPECT_EQ(Messages("import x y;"), "1:10: expected `;` after this statement, found `y` [syntax-error]\n");
}

TEST(SyntaxError, ReservedWordsAreNoNames) {
  EXPECT_EQ(Messages("host label = any;"),
            "1:6: `label` is a reserved word and can't be the name of a host [reserved-name]\n");
  EXPECT_EQ(Messages("service tcp = any;"),
            "1:9: `tcp` is a reserved word and can't be the name of a service [reserved-name]\n");
  EXPECT_EQ(Messages("boolean deny = true;"),
            "1:9: `deny` is a reserved word and can't be the name of a boolean [reserved-name]\n");
  EXPECT_EQ(Messages("template t(host to) { }"),
            "1:17: `to` is a reserved word and can't be the name of a host [reserved-name]\n");
  EXPECT_EQ(Messages("policy base;"),
            "1:8: `base` is a reserved word and can't be the name of a policy [reserved-name]\n");
}

TEST(SyntaxError, AMissingSemicolonIsWhereItBelongs) {
  EXPECT_EQ(Messages("domain a {\n    connect x\n    connect y\n}\n"),
            "2:14: expected `;` after this rule [syntax-error]\n3:14: expected `;` after this rule "
            "[syntax-error]\n");
  EXPECT_EQ(Messages("policy x\nhost a = any;\n"), "1:9: expected `;` after this statement [syntax-error]\n");
  EXPECT_EQ(Messages("host a = any"),
            "1:13: expected `;` after this statement, found the end of the file [syntax-error]\n");
  EXPECT_EQ(Messages("connect a connect b;"),
            "1:11: expected `;` after this rule, found `connect` [syntax-error]\n");
  EXPECT_EQ(Messages("host a = 10.0.0.1 10.0.0.2;"),
            "1:19: expected `,` or `;` after `10.0.0.1`, found `10.0.0.2` [syntax-error]\n");
  // The statement counts as written.
  EXPECT_EQ(Parsed("policy x\nhost a = any;\n").file.statements.size(), 2U);
}

TEST(SyntaxError, HelpsWithClauses) {
  EXPECT_EQ(Messages("connect x from y;"),
            "1:11: expected `;` after this rule, found `from` [syntax-error]\n"
            "  `connect` has no `from`: the other end is `to`, the local address is `at`\n");
  EXPECT_EQ(Messages("accept x to y;"),
            "1:10: expected `;` after this rule, found `to` [syntax-error]\n"
            "  `accept` has no `to`: the other end is `from`, the local address is `at`\n");
  EXPECT_EQ(Messages("connect x via y to z;"),
            "1:17: expected `;` after this rule, found `to` [syntax-error]\n  the order is `to`, `at`, "
            "`via`, each once\n");
  EXPECT_EQ(Messages("accept x via y via z;"),
            "1:16: expected `;` after this rule, found `via` [syntax-error]\n  `via` stands once\n");
  EXPECT_EQ(Messages("connect x via y -> z;"),
            "1:17: expected `;` after this rule, found `->` [syntax-error]\n  only `forward` has an outgoing "
            "interface\n");
  EXPECT_EQ(Messages("connect x as y;"),
            "1:11: expected `;` after this rule, found `as` [syntax-error]\n  only `forward` takes `as`\n");
  EXPECT_EQ(Messages("forward x at y;"),
            "1:11: expected `;` after this rule, found `at` [syntax-error]\n  `forward` has no `at`: its "
            "ends are `from` and `to`\n");
  EXPECT_EQ(Messages("forward x to y from z;"),
            "1:16: expected `;` after this rule, found `from` [syntax-error]\n"
            "  the order is `from`, `to`, `via IN -> OUT`, `as`, each once\n");
  EXPECT_EQ(Messages("forward x via lan;"),
            "1:18: expected `->` after `lan`, found `;` [syntax-error]\n  a forward rule names both sides: "
            "`via IN -> OUT`\n");
  EXPECT_EQ(Messages("connect x to 10.0.0.1:443;"),
            "1:22: expected `;` after this rule, found `:` [syntax-error]\n"
            "  ports belong to services: `connect tcp/443 to 10.0.0.1`\n");
  EXPECT_EQ(Messages("connect 443;"),
            "1:9: expected a service set after `connect`, found `443` [syntax-error]\n"
            "  a port is written with its protocol: `tcp/443`\n");
  EXPECT_EQ(Messages("host a = 10.0.0.0/255.0.0.0;"),
            "1:19: expected a prefix length after `/`, found `255.0.0.0` [syntax-error]\n"
            "  write the netmask as a length: `/24`\n");
  EXPECT_EQ(Messages("assert only a cannot connect b;"),
            "1:15: `assert only` goes with `can` [syntax-error]\n"
            "  write `assert only DOMAINS can RULE;` or `assert DOMAINS cannot RULE;`\n");
}

TEST(SyntaxError, WhereAStatementShouldBegin) {
  EXPECT_EQ(Messages("conect x;"),
            "1:1: expected a statement, found `conect` [syntax-error]\n  did you mean `connect`?\n");
  EXPECT_EQ(Messages("domain a { 10.0.0.1; }"),
            "1:12: expected a statement or `}`, found `10.0.0.1` [syntax-error]\n");
  EXPECT_EQ(Messages("}"), "1:1: this `}` closes no block [syntax-error]\n");
  EXPECT_EQ(
      Messages("domain a { };"),
      "1:13: this `;` ends no statement [syntax-error]\n  remove it; a block needs none after its `}`\n");
  EXPECT_EQ(Messages("else { }"), "1:1: this `else` follows no `if` block [syntax-error]\n");
}

TEST(SyntaxError, AnUnclosedBlockNamesItsBrace) {
  const Parsed parsed("domain a {\n    connect x;\n");
  EXPECT_EQ(parsed.Messages(), "3:1: expected `}`, found the end of the file [syntax-error]\n");
  const diag::Diagnostic diagnostic = parsed.emitter.Sorted().front();
  ASSERT_EQ(diagnostic.labels.size(), 1U);
  EXPECT_EQ(parsed.sources.Text(diagnostic.labels[0].span), "{");
  // One error for one end of file, however much is missing.
  EXPECT_EQ(Messages("domain a { if b { connect x"),
            "1:28: expected `;` after this rule, found the end of the file [syntax-error]\n");
}

TEST(SyntaxError, UnreadableWords) {
  EXPECT_EQ(Messages("connect tcp/80x;"), "1:13: `80x` is neither a number nor an address [syntax-error]\n");
  EXPECT_EQ(Messages("host a = 10.0.0.;"),
            "1:10: `10.0.0.` is neither a number nor an address [syntax-error]\n");
  EXPECT_EQ(Messages("interface a = \"eth0;\nhost b = any;"),
            "1:15: this text is never closed [unterminated-string]\n  a quoted text ends with `\"` on the "
            "same line\n");
  EXPECT_EQ(Messages("interface a = \""),
            "1:15: this text is never closed [unterminated-string]\n  a quoted text ends with `\"` on the "
            "same line\n");
  EXPECT_EQ(Messages("if a && b { }"), "1:6: unexpected character `&` [syntax-error]\n  write `and`\n");
  EXPECT_EQ(Messages("if !a { }"), "1:4: unexpected character `!` [syntax-error]\n  write `not`\n");
  EXPECT_EQ(Messages("host \u00E9 = any;"), "1:6: unexpected character `\u00E9` [syntax-error]\n");
  EXPECT_EQ(Messages("host\u00A0a = any;"),
            "1:5: unexpected character `\u00A0` [syntax-error]\n  this is a no-break space; write an "
            "ordinary one\n");
  EXPECT_EQ(Messages("interface a = \u201Ceth0\u201D;"),
            "1:15: unexpected character `\u201C` [syntax-error]\n  a text stands between straight double "
            "quotes, like `\"eth0\"`\n");
  EXPECT_EQ(Messages("host a = fe80::1%eth0;"),
            "1:17: unexpected character `%` [syntax-error]\n  an address has no zone; name the interface "
            "with `via`\n");
}

TEST(SyntaxError, NoCharacterIsDroppedInSilence) {
  for (int byte = 1; byte < 0x7F; ++byte) {
    const std::string character(1, static_cast<char>(byte));
    if (std::string(" \t\n#@;}").find(character) != std::string::npos)
      continue;  // the last three have their own tests
    EXPECT_NE(Messages("host a = any; " + character + " host b = any;"), "") << byte;
  }
}

TEST(SyntaxError, ReadingGoesOn) {
  const Parsed parsed(
      "policy p;\n"
      "host a = ;\n"
      "domain b c {\n"
      "    connect ;\n"
      "    connect x;\n"
      "    accept y to;\n"
      "}\n"
      "if { connect x }\n"
      "template t(host) { bogus }\n"
      "label { connect x; }\n"
      "host z = any;\n");
  EXPECT_EQ(parsed.Messages(),
            "2:10: expected a host set after `=`, found `;` [syntax-error]\n"
            "3:10: expected `{` after `b`, found `c` [syntax-error]\n"
            "4:13: expected a service set after `connect`, found `;` [syntax-error]\n"
            "6:14: expected `;` after this rule, found `to` [syntax-error]\n"
            "  `accept` has no `to`: the other end is `from`, the local address is `at`\n"
            "8:4: expected a condition after `if`, found `{` [syntax-error]\n"
            "8:16: expected `;` after this rule, found `}` [syntax-error]\n"
            "9:16: expected a name after `host`, found `)` [syntax-error]\n"
            "9:20: expected a statement or `}`, found `bogus` [syntax-error]\n"
            "10:7: expected a name after `label`, found `{` [syntax-error]\n");
  // What was understood is given.
  EXPECT_EQ(parsed.Printed(), "policy p;\n\ndomain b {\n    connect x;\n}\n\nhost z = any;\n");
}

TEST(SyntaxError, StopsAfterMany) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "bogus;\n";
  const Parsed parsed(text);
  EXPECT_EQ(parsed.emitter.error_count(), static_cast<std::size_t>(kMaxSyntaxErrors));
  EXPECT_EQ(parsed.emitter.Sorted().back().kind, diag::Kind::kTooManyErrors);
  EXPECT_EQ(parsed.emitter.Sorted().back().message, "stopped reading after 20 syntax errors");
}

TEST(SyntaxError, TheSpanIsNarrow) {
  EXPECT_EQ(Parsed("connect https to via lan;").Underlined(), "via");
  EXPECT_EQ(Parsed("interface a = \"eth0;").Underlined(), "\"");
  EXPECT_EQ(Parsed("# \u65E5\nhost a = 1x;").Underlined(), "1x");
}

}  // namespace
}  // namespace appnet::parse
