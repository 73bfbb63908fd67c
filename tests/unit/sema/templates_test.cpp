#include "unit/sema/checked.h"

namespace appnet::sema {
namespace {

using diag::Kind;

TEST(Templates, AreExpandedWhereTheyAreUsed) {
  const Checked checked = CheckBody(
      "host h1 = 10.0.0.1;\n"
      "template client(domain d, host h, service s, interface i) {\n"
      "  domain d { connect s to h via i; }\n"
      "  forward s to h;\n}\n"
      "@owner(\"net\") use client((mozilla_t, chromium_t), h1, tcp/80, \"eth0\");\n"
      "use client(sshd_t, 10.0.0.0/30 except 10.0.0.1, tcp/22, any);");
  ExpectClean(checked);
  ASSERT_EQ(checked.program->rules.size(), 4U);
  EXPECT_EQ(Text(checked.program->domain_sets[checked.rule(0).subjects]), "chromium_t mozilla_t");
  EXPECT_EQ(Text(checked.rule(0).region.peer), "10.0.0.1|");
  EXPECT_EQ(Text(checked.rule(0).region.interfaces, checked.program->interfaces), "eth0");
  EXPECT_EQ(checked.rule(0).origin.annotations.owner, "net");
  EXPECT_EQ(Text(checked.rule(2).region.peer), "10.0.0.0 10.0.0.2/31|");
  EXPECT_EQ(checked.sources->FileLine(checked.rule(2).origin.span), "/p/main.appnet:4");
  ASSERT_EQ(checked.rule(2).origin.used_at.size(), 1U);
  EXPECT_EQ(checked.sources->FileLine(checked.rule(2).origin.used_at[0]), "/p/main.appnet:8");
  EXPECT_TRUE(checked.rule(3).origin.annotations.owner.empty());
}

TEST(Templates, NamesOfTheBodyAreThoseOfItsFile) {
  const Texts libraries = {{"/p/l.appnet",
                            "library l; host own = 10.0.0.1; template web(domain d, host h) {"
                            "domain d { connect tcp/80 to own, h; } use inner(h); }"
                            "template inner(host x) { forward tcp/80 to x, own; }"}};
  const Checked checked =
      CheckBody("import \"l.appnet\"; host mine = 10.0.0.2; use web(mozilla_t, mine);", libraries);
  ExpectClean(checked);
  EXPECT_EQ(Text(checked.rule(0).region.peer), "10.0.0.1-10.0.0.2|");
  EXPECT_EQ(Text(checked.rule(1).region.peer), "10.0.0.1-10.0.0.2|");
  EXPECT_EQ(checked.rule(1).origin.used_at.size(), 2U);
  EXPECT_EQ(checked.sources->Text(checked.rule(1).origin.used_at[0]), "inner");
  EXPECT_EQ(checked.sources->Text(checked.rule(1).origin.used_at[1]), "web");
}

TEST(Templates, RulesInsideADomainBlock) {
  const Checked checked = CheckBody(
      "template web(host h) { connect tcp/80 to h; if httpd_enable_cgi { accept tcp/80 from h; } }"
      "domain mozilla_t { use web(10.0.0.1); }"
      "if not httpd_enable_cgi { domain chromium_t { use web(10.0.0.2); } }"
      "template plain() { connect tcp/1; } label etc_t { use plain(); }");
  ExpectClean(checked);
  ASSERT_EQ(checked.program->rules.size(), 5U);
  EXPECT_EQ(Text(checked.program->domain_sets[checked.rule(1).subjects]), "mozilla_t");
  EXPECT_EQ(checked.program->conditions.Text(checked.rule(1).condition), "httpd_enable_cgi");
  EXPECT_EQ(checked.rule(3).condition, flow::kNever);
  EXPECT_TRUE(checked.rule(4).label.has_value());
}

TEST(Templates, Placement) {
  ExpectOnly(CheckBody("template web() { connect tcp/80; } use web();"), Kind::kMisplacedStatement, "web",
             "the template `web` brings a `connect` rule, which can't stand here: it needs a `domain` block "
             "around it "
             "that says whose it is, or a `label` block");
  ExpectOnly(
      CheckBody("template web() { use inner(); } template inner() { domain sshd_t { connect any; } }"
                "domain mozilla_t { use web(); }"),
      Kind::kMisplacedStatement, "web",
      "the template `web` brings a `domain` block, which can't stand here: `domain` blocks don't nest");
  ExpectOnly(CheckBody("template logged() { audit connect any; } label etc_t { use logged(); }"),
             Kind::kMisplacedStatement, "logged",
             "the template `logged` brings `audit`, which can't stand here: `audit` logs what "
             "domains may do, "
             "and a `label` block grants nothing");
  ExpectOnly(
      CheckBody("template marked() { label etc_t { connect any; } } if httpd_enable_cgi { use marked(); }"),
      Kind::kMisplacedStatement, "marked",
      "the template `marked` brings a `label` block, which can't stand here: a packet's type can't depend on "
      "a "
      "boolean");
  ExpectOnly(CheckBody("template t() { host h = ::1; }"), Kind::kMisplacedStatement, "host h = ::1;",
             "a declaration can't stand here: it stands outside of all blocks");
}

TEST(Templates, UsingThemselves) {
  ExpectOnly(CheckBody("template t() { forward any; use t(); } use t();"), Kind::kTemplateUsesItself, "t",
             "the template `t` uses itself");
  const Checked checked = CheckBody(
      "template a(host h) { use b(h); } template b(host h) { if httpd_enable_cgi { use c(h); } }"
      "template c(host h) { use a(h); } use a(::1); use b(::1); template outer() { use c(::2); } use "
      "outer();");
  ExpectOnly(checked, Kind::kTemplateUsesItself, "a", "the template `a` uses itself");
  EXPECT_EQ(checked.diagnostics()[0].labels.size(), 2U);
}

TEST(Templates, Arguments) {
  const std::string web = "template web(host h, service s) { forward s to h; }";
  ExpectOnly(CheckBody(web + "use web(10.0.0.1);"), Kind::kTemplateArity, "web",
             "the template `web` has 2 parameters, and is used with 1 argument");
  ExpectOnly(CheckBody(web + "use web(10.0.0.1, 10.0.0.2, tcp/1);"), Kind::kTemplateArity, "web",
             "the template `web` has 2 parameters, and is used with 3 arguments",
             "a union as one argument stands in parentheses: `(a, b)`");
  ExpectOnly(CheckBody(web + "use web(tcp/1, tcp/1);"), Kind::kTemplateArgument, "tcp/1",
             "the parameter `h` is a host, and the argument is a service");
  ExpectOnly(CheckBody(web + "host x = ::1; use web(x, x);"), Kind::kTemplateArgument, "x",
             "the parameter `s` is a service, and the argument is a host");
  ExpectOnly(CheckBody("host x = ::1; template t(domain d) { domain d { connect any; } } use t(x);"),
             Kind::kTemplateArgument, "x", "the parameter `d` is a domain, and the argument is a host");
  ExpectOnly(CheckBody(web + "use web(xx, tcp/1);"), Kind::kUnknownName, "xx", "unknown host `xx`");
  ExpectOnly(CheckBody(web + "use wbe(::1, tcp/1);"), Kind::kUnknownName, "wbe", "unknown template `wbe`",
             "did you mean `web`?");
  ExpectOnly(CheckBody("host x = ::1; use x();"), Kind::kWrongNameKind, "x",
             "`x` is a host, and a template is wanted here");
  ExpectOnly(CheckBody("template peers(domain d) { forward any as d; } use peers((sshd_t, mozilla_t));"),
             Kind::kTemplateArgument, "d", "`as` wants one type, and the argument for `d` has several");
  ExpectClean(CheckBody("template peers(domain d) { forward any as d; } use peers(sshd_t);"));
}

TEST(Templates, Parameters) {
  ExpectOnly(CheckBody("template t(host h, service h) { forward any; }"), Kind::kDuplicateName, "h",
             "two parameters have the name `h`");
  ExpectOnly(CheckBody("template t(host mozilla_t) { forward any; }"), Kind::kNameTakenByPolicy, "mozilla_t",
             "`mozilla_t` is the name of a type of the policy `reference`");
  ExpectOnly(CheckBody("host h = ::1; template t(host h) { forward any to h; }"), Kind::kDuplicateName, "h",
             "the parameter `h` has the name of a declaration");
  ExpectOnly(CheckBody("template t(host h) { forward h; }"), Kind::kWrongNameKind, "h",
             "`h` is a host, and a service is wanted here");
  ExpectOnly(CheckBody("template t(domain d) { label d { connect any; } }"), Kind::kWrongNameKind, "d",
             "`d` is a parameter, and a type of the base policy is wanted here");
}

// What is wrong in a body whatever the arguments is said once, and the uses bring nothing on top.
TEST(Templates, MistakesOfTheBodyAreReportedOnce) {
  ExpectOnly(CheckBody("template t(host h) { domain mozila_t { connect any to h; } }"
                       "use t(::1); use t(::2); use t(::3);"),
             Kind::kUnknownDomain, "mozila_t", "unknown SELinux domain `mozila_t`");
  ExpectOnly(CheckBody("template t(host h) { forward any to h, 10.0.0.300; }"), Kind::kBadAddress,
             "10.0.0.300", "`10.0.0.300` is no IP address");
}

TEST(Templates, MistakesOfOneUse) {
  ExpectOnly(CheckBody("template t(host h) { forward icmp/8 to h; } use t(10.0.0.1); use t(::1);"),
             Kind::kEmptyRule, "icmp/8",
             "the rule can match no flow: its parts have no address family in common");
  ExpectOnly(CheckBody("template t(host h) { forward any to h except 10.0.0.0/8; } use t(10.0.0.1);"),
             Kind::kEmptySet, "h except 10.0.0.0/8", "the set is empty");
  // Whether `except` takes something away depends on the argument: no warning.
  ExpectClean(CheckBody("template t(host h) { forward any to h except 10.0.0.0/8; } use t(11.0.0.1);"));
}

TEST(Templates, TooManyExpansions) {
  // 2^20 rules, from 20 templates.
  std::string text = "template t0() { forward any; }";
  for (int i = 1; i <= 20; ++i) {
    const std::string before = "use t" + std::to_string(i - 1) + "();";
    text += "template t" + std::to_string(i) + "() {" + before + before + "}";
  }
  ExpectOnly(CheckBody(text + "use t20();"), Kind::kTooManyExpansions, "t20",
             "templates are expanded more than 250000 times");
  // A chain of templates, each using the next.
  std::string chain = "template t0() { forward any; }";
  for (int i = 1; i <= 10000; ++i) {
    chain += "template t" + std::to_string(i) + "() { use t" + std::to_string(i - 1) + "(); }";
  }
  ExpectOnly(CheckBody(chain + "use t10000();"), Kind::kTooManyExpansions, "t10000",
             "templates and blocks stand inside each other more than 500 deep");
}

TEST(Templates, UnusedOnesLeaveNoTrace) {
  const Checked checked =
      CheckBody("template t(host h) { if httpd_enable_cgi { forward any to h via \"eth0\" -> \"eth1\"; } }");
  ExpectClean(checked);
  EXPECT_TRUE(checked.program->rules.empty());
  EXPECT_TRUE(checked.program->domain_sets.empty());
  EXPECT_EQ(checked.program->interfaces.size(), 2U);
}

}  // namespace
}  // namespace appnet::sema
