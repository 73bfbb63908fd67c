// Rules, conditions, modes, annotations, assertions, and what the base policy must have.

#include "unit/sema/checked.h"

namespace appnet::sema {
namespace {

using diag::Kind;

TEST(Rules, FieldsOfTheThreeDirections) {
  const Checked checked = CheckBody(
      "domain sshd_t {\n  connect tcp/1 to 10.0.0.1 at 10.0.0.2 via \"a\";\n"
      "  audit accept tcp/2 from 10.0.0.3 at 10.0.0.4 via \"b\";\n}\n"
      "forward tcp/3 from 10.0.0.5 to 10.0.0.6 via \"a\" -> \"b\";");
  ExpectClean(checked);
  ASSERT_EQ(checked.program->rules.size(), 3U);
  const Rule& connect = checked.rule(0);
  EXPECT_EQ(connect.direction, flow::Direction::kConnect);
  EXPECT_EQ(Text(connect.region.peer) + Text(connect.region.self), "10.0.0.1|10.0.0.2|");
  // IPv6 is in no field: no host of the rule has it.
  EXPECT_EQ(Text(connect.region.services), "tcp/1|");
  EXPECT_FALSE(connect.audited);
  EXPECT_EQ(connect.text, "connect tcp/1 to 10.0.0.1 at 10.0.0.2 via \"a\"");
  EXPECT_EQ(checked.sources->FileLine(connect.origin.span), "/p/main.appnet:3");
  EXPECT_EQ(connect.condition, flow::kAlways);
  const Rule& accept = checked.rule(1);
  EXPECT_EQ(accept.direction, flow::Direction::kAccept);
  EXPECT_EQ(Text(accept.region.peer) + Text(accept.region.self), "10.0.0.3|10.0.0.4|");
  EXPECT_TRUE(accept.audited);
  const Rule& forward = checked.rule(2);
  EXPECT_EQ(forward.direction, flow::Direction::kForward);
  EXPECT_EQ(Text(forward.region.peer) + Text(forward.region.self), "10.0.0.6|10.0.0.5|");
  EXPECT_EQ(Text(forward.region.interfaces, checked.program->interfaces), "a");
  EXPECT_EQ(Text(forward.region.out, checked.program->interfaces), "b");
}

TEST(Rules, WhatIsAbsentIsAny) {
  const Checked checked = CheckBody("domain sshd_t { connect any; }");
  ExpectClean(checked);
  const flow::Region& region = checked.rule(0).region;
  EXPECT_EQ(region.peer, flow::AnyAddress());
  EXPECT_EQ(region.self, flow::AnyAddress());
  EXPECT_EQ(region.services, flow::AnyService());
}

TEST(Rules, FamiliesThatARuleDoesNotNeed) {
  const Checked checked = CheckBody(
      "service ping = icmp/echo-request, icmpv6/echo-request; host h = 10.0.0.1, 2001:db8::1;"
      "domain ping_t { connect ping to 10.0.0.0/8; connect icmpv6/* to h; connect ping to h at "
      "2001:db8::/32; }");
  ExpectClean(checked);
  EXPECT_TRUE(checked.rule(0).region.services.v6.empty());
  EXPECT_TRUE(checked.rule(0).region.self.v6.empty());
  EXPECT_EQ(Text(checked.rule(1).region.peer), "|2001:db8::1");
  EXPECT_EQ(Text(checked.rule(2).region.peer), "|2001:db8::1");
  EXPECT_TRUE(checked.rule(2).region.services.v4.empty());
}

TEST(Rules, ManyOfThem) {
  std::string text = "domain sshd_t {";
  for (unsigned i = 0; i < 20000; ++i) {
    text += "connect tcp/" + std::to_string(i % 1000) + " to " +
            base::FormatAddress({base::Family::kIpv4, 0x0a000000U + i}) + " via \"eth" +
            std::to_string(i % 200) + "\";";
  }
  const Checked checked = CheckBody(text + "}");
  ExpectClean(checked);
  EXPECT_EQ(checked.program->rules.size(), 20000U);
  EXPECT_EQ(checked.program->interfaces.size(), 202U);
}

TEST(Rules, ThatCanMatchNothing) {
  const Checked services = CheckBody("domain ping_t { connect icmpv6/* to 10.0.0.1; }");
  ExpectOnly(services, Kind::kEmptyRule, "icmpv6/*",
             "the rule can match no flow: its parts have no address family in common");
  EXPECT_EQ(services.diagnostics()[0].span_text, "the services are IPv6 only");
  EXPECT_EQ(services.diagnostics()[0].labels.at(0).text, "the hosts of `to` are IPv4 only");
  const Checked hosts = CheckBody("domain sshd_t { accept tcp/22 from 10.0.0.1 at ::1; }");
  ExpectOnly(hosts, Kind::kEmptyRule, "10.0.0.1",
             "the rule can match no flow: its parts have no address family in common");
  EXPECT_EQ(hosts.diagnostics()[0].span_text, "the hosts of `from` are IPv4 only");
  EXPECT_EQ(hosts.diagnostics()[0].labels.size(), 1U);
  ExpectOnly(CheckBody("forward icmp/* from ::/0;"), Kind::kEmptyRule, "icmp/*",
             "the rule can match no flow: its parts have no address family in common");
  ExpectOnly(CheckBody("assert sshd_t can accept icmp/* from ::1;"), Kind::kEmptyRule, "icmp/*",
             "the rule can match no flow: its parts have no address family in common");
}

TEST(Rules, Placement) {
  const auto only = [](const std::string& text, const std::string& span, const std::string& message) {
    SCOPED_TRACE(text);
    ExpectOnly(CheckBody(text), Kind::kMisplacedStatement, span, message);
  };
  only("connect any;", "connect any;",
       "a `connect` rule can't stand here: it needs a `domain` block around it that says whose it is, or a "
       "`label` "
       "block");
  only("if httpd_enable_cgi { accept any; }", "accept any;",
       "an `accept` rule can't stand here: it needs a `domain` block around it that says whose it is, or a "
       "`label` "
       "block");
  only("domain sshd_t { forward any; }", "forward any;",
       "a `forward` rule can't stand here: routed traffic belongs to no domain; it stands outside of "
       "`domain` blocks");
  only("domain sshd_t { domain mozilla_t { connect any; } }", "domain mozilla_t { connect any; }",
       "a `domain` block can't stand here: `domain` blocks don't nest");
  only("domain sshd_t { host h = 10.0.0.1; }", "host h = 10.0.0.1;",
       "a declaration can't stand here: it stands outside of all blocks");
  only("domain sshd_t { unmatched deny; }", "unmatched deny;",
       "`unmatched` can't stand here: it stands outside of all blocks");
  only("if httpd_enable_cgi { enforce always; }", "enforce always;",
       "`enforce always` can't stand here: it stands outside of all blocks");
  only("label etc_t { audit connect any; }", "audit connect any;",
       "`audit` can't stand here: `audit` logs what domains may do, and a `label` block grants "
       "nothing");
  only("label etc_t { forward any as sshd_t; }", "forward any as sshd_t;",
       "`as` can't stand here: `as` names who may, and a `label` block grants nothing");
  only("label etc_t { if httpd_enable_cgi { connect any; } }", "if httpd_enable_cgi { connect any; }",
       "an `if` can't stand here: a packet's type can't depend on a boolean");
  only("if httpd_enable_cgi { label etc_t { connect any; } }", "label etc_t { connect any; }",
       "a `label` block can't stand here: a packet's type can't depend on a boolean");
  only("domain sshd_t { assert sshd_t can connect any; }", "assert sshd_t can connect any;",
       "an `assert` can't stand here: it stands outside of all blocks");
}

TEST(Rules, LibrariesHaveNone) {
  const auto only = [](const std::string& text, const std::string& words) {
    SCOPED_TRACE(text);
    ExpectOnly(CheckBody("import \"l.appnet\";", {{"/p/l.appnet", "library l;" + text}}),
               Kind::kMisplacedStatement, text,
               words + " can't stand in a library: a library has declarations, templates and imports");
  };
  only("domain sshd_t { connect any; }", "a `domain` block");
  only("forward any;", "a `forward` rule");
  only("unmatched deny;", "`unmatched`");
  only("enforce always;", "`enforce always`");
  only("assert sshd_t can connect any;", "an `assert`");
  only("label etc_t { connect any; }", "a `label` block");
}

TEST(Conditions, NestAndElse) {
  const Checked checked = CheckBody(
      "boolean a = true; boolean b = false;"
      "if a { domain sshd_t { connect tcp/1; if not b or httpd_enable_cgi { connect tcp/2; } else { connect "
      "tcp/3; } } }"
      "else if b { forward tcp/4; } else { forward tcp/5; }"
      "if false { forward tcp/6; }");
  ExpectClean(checked);
  const auto text = [&](std::size_t i) {
    return checked.program->conditions.Text(checked.rule(i).condition);
  };
  ASSERT_EQ(checked.program->rules.size(), 6U);
  EXPECT_EQ(text(0), "a");
  for (const bool a : {false, true}) {
    for (const bool b : {false, true}) {
      for (const bool cgi : {false, true}) {
        const std::map<std::string, bool> values = {{"a", a}, {"b", b}, {"httpd_enable_cgi", cgi}};
        const auto holds = [&](std::size_t i) {
          return checked.program->conditions.Holds(checked.rule(i).condition, values);
        };
        EXPECT_EQ(holds(1), a && (!b || cgi));
        EXPECT_EQ(holds(2), a && b && !cgi);
        EXPECT_EQ(holds(3), !a && b);
        EXPECT_EQ(holds(4), !a && !b);
      }
    }
  }
  // A rule that never holds governs its flows all the same.
  EXPECT_EQ(checked.rule(5).condition, flow::kNever);
  ASSERT_EQ(checked.program->booleans.size(), 2U);
  EXPECT_EQ(checked.program->booleans[0].name, "a");
  EXPECT_TRUE(checked.program->booleans[0].value);
}

TEST(Conditions, Mistakes) {
  ExpectOnly(CheckBody("if httpd_enable_cig { forward any; }"), Kind::kUnknownBoolean, "httpd_enable_cig",
             "unknown boolean `httpd_enable_cig`", "did you mean `httpd_enable_cgi`?");
  ExpectOnly(CheckBody("if qqqqqqqqq and true { forward any; } else { forward any; }"), Kind::kUnknownBoolean,
             "qqqqqqqqq", "unknown boolean `qqqqqqqqq`", "`boolean qqqqqqqqq = false;` declares one");
  ExpectOnly(CheckBody("if mozilla_t { forward any; }"), Kind::kWrongNameKind, "mozilla_t",
             "`mozilla_t` is a type of the policy `reference`, and a boolean is wanted here");
  ExpectOnly(CheckBody("host h = ::1; if h { forward any; }"), Kind::kWrongNameKind, "h",
             "`h` is a host, and a boolean is wanted here");
}

TEST(Conditions, TooManyBooleans) {
  std::string declared;
  std::string all = "b0";
  std::string chain = "if b0 { forward tcp/1; }";
  for (int i = 0; i <= 10; ++i) {
    const std::string name = "b" + std::to_string(i);
    declared += "boolean " + name + " = false;";
    if (i > 0) {
      all += " and " + name;
      chain += " else if " + name + " { forward tcp/1; }";
    }
  }
  ExpectOnly(CheckBody(declared + "if " + all + " { forward any; }"), Kind::kTooManyBooleans, all,
             "a rule would depend on 11 booleans, and SELinux takes 10 in one condition");
  ExpectClean(CheckBody(declared + "if " + all.substr(0, all.rfind(" and")) + " { forward any; }"));
  ExpectOnly(CheckBody(declared + chain + " else if b0 { forward tcp/2; } else { forward tcp/3; }"),
             Kind::kTooManyBooleans, "b10",
             "a rule would depend on 11 booleans, and SELinux takes 10 in one condition");
}

TEST(Unmatched, Modes) {
  const auto modes = [](const std::string& text) { return CheckFiles({{"/a", "policy a;" + text}}, {"/a"}); };
  const Checked checked =
      modes("unmatched inherit; unmatched forward audit; enforce always; enforce always;");
  ExpectClean(checked);
  EXPECT_EQ(checked.program->unmatched, UnmatchedMode::kInherit);
  EXPECT_EQ(checked.program->unmatched_forward, UnmatchedMode::kAudit);
  EXPECT_TRUE(checked.program->enforce_always);
  const Checked plain = modes("unmatched base;");
  ExpectClean(plain);
  EXPECT_EQ(plain.program->unmatched, UnmatchedMode::kBase);
  EXPECT_EQ(plain.program->unmatched_forward, UnmatchedMode::kBase);
  EXPECT_FALSE(plain.program->enforce_always);

  ExpectOnly(modes("unmatched forward deny;"), Kind::kUnmatchedMissing, "a",
             "the policy does not say what becomes of traffic that no rule matches");
  ExpectOnly(modes("unmatched deny; unmatched deny;"), Kind::kDuplicateUnmatched, "unmatched deny;",
             "`unmatched` is stated twice");
  ExpectOnly(modes("unmatched deny; unmatched forward base; unmatched forward deny;"),
             Kind::kDuplicateUnmatched, "unmatched forward deny;", "`unmatched forward` is stated twice");
  ExpectOnly(modes("unmatched dney;"), Kind::kUnknownMode, "dney", "unknown mode `dney`",
             "did you mean `deny`?");
  ExpectOnly(modes("unmatched deny; unmatched forward inherit;"), Kind::kUnknownMode, "inherit",
             "routed traffic has no mode `inherit`", "write `base`, `audit` or `deny`");
}

TEST(Annotations, AreInherited) {
  const Checked checked = CheckBody(
      "@owner(\"net\") @ticket(\"T-1\") domain sshd_t { connect tcp/1; @ticket(\"T-2\") if httpd_enable_cgi {"
      "@expires(\"2027-01-31\") connect tcp/2; } } @owner(\"x\") forward any;"
      "@owner(\"qa\") assert sshd_t can connect tcp/1;");
  ExpectClean(checked);
  EXPECT_EQ(checked.rule(0).origin.annotations, (Annotations{"net", "T-1", ""}));
  EXPECT_EQ(checked.rule(1).origin.annotations, (Annotations{"net", "T-2", "2027-01-31"}));
  EXPECT_EQ(checked.rule(2).origin.annotations, (Annotations{"x", "", ""}));
  EXPECT_EQ(checked.program->assertions[0].origin.annotations, (Annotations{"qa", "", ""}));
}

TEST(Annotations, Mistakes) {
  ExpectOnly(CheckBody("@onwer(\"x\") forward any;"), Kind::kUnknownAnnotation, "@onwer(\"x\")",
             "unknown annotation `@onwer`", "did you mean `@owner`?");
  ExpectOnly(CheckBody("@owner(\"x\") @owner(\"y\") forward any;"), Kind::kDuplicateAnnotation,
             "@owner(\"y\")", "`@owner` is written twice");
  for (const std::string date : {"2027-02-29", "2027-13-01", "2027-00-10", "2027-04-31", "27-1-1",
                                 "2027-1-01", "", "0000-01-01", "2100-02-29", "2027/01/01", "2027-01-01 "}) {
    SCOPED_TRACE(date);
    ExpectOnly(CheckBody("@expires(\"" + date + "\") forward any;"), Kind::kBadDate, "\"" + date + "\"",
               "`" + date + "` is no date");
  }
  ExpectClean(CheckBody(
      "@expires(\"2028-02-29\") @owner(\"x\") host h = ::1; @expires(\"2000-02-29\") forward any;"));
}

TEST(Annotations, Expiry) {
  Options options;
  options.as_of = "2027-02-01";
  ExpectOnly(CheckBody("@expires(\"2027-01-31\") domain sshd_t { connect any; accept any; }", {}, options),
             Kind::kExpiredRule, "\"2027-01-31\"", "expired on 2027-01-31, and this build is for 2027-02-01");
  options.as_of = "2027-01-31";
  ExpectClean(CheckBody("@expires(\"2027-01-31\") forward any;", {}, options));
}

TEST(Assertions, AreResolved) {
  const Checked checked = CheckBody(
      "group browsers = mozilla_t, chromium_t; host proxy = 10.0.0.1;"
      "assert only browsers can connect tcp/3128 to proxy;"
      "assert sshd_t cannot accept tcp/3128; assert mozilla_t can forward any as sshd_t;");
  ExpectClean(checked);
  const std::vector<Assertion>& all = checked.program->assertions;
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].kind, Assertion::Kind::kOnlyCan);
  EXPECT_EQ(Text(checked.program->domain_sets[all[0].domains]), "chromium_t mozilla_t");
  EXPECT_EQ(Text(all[0].region.peer), "10.0.0.1|");
  EXPECT_EQ(all[0].text, "assert only browsers can connect tcp/3128 to proxy");
  EXPECT_EQ(all[1].kind, Assertion::Kind::kCannot);
  EXPECT_EQ(all[2].kind, Assertion::Kind::kCan);
  EXPECT_TRUE(all[2].as_type.has_value());
}

// A policy with the least that libsepol takes, with or without what packets need.
sepolicy::Policy SmallPolicy(const std::string& packet_permissions, const std::string& extra = "",
                             const std::vector<std::string>& sids = {"kernel", "security", "unlabeled"}) {
  std::string text =
      "(handleunknown allow)(mls false)"
      "(type kernel_t)(type unlabeled_t)(type sshd_t)(typeattribute domain)"
      "(typeattributeset domain (kernel_t sshd_t))"
      "(role object_r)(role system_r)(roletype system_r domain)(roletype object_r unlabeled_t)"
      "(user system_u)(userrole system_u system_r)(userrole system_u object_r)"
      "(sensitivity s0)(sensitivityorder (s0))(level low (s0))(levelrange range (low low))"
      "(userlevel system_u low)(userrange system_u range)"
      "(class process (fork))(allow sshd_t self (process (fork)))";
  std::string order;
  for (const std::string& sid : sids) {
    const std::string context = sid == "kernel" ? "system_r kernel_t" : "object_r unlabeled_t";
    text += "(sid " + sid + ")(sidcontext " + sid + " (system_u " + context + " range))";
    order += " " + sid;
  }
  text += "(sidorder (" + order + "))";
  text += packet_permissions.empty()
              ? "(classorder (process))"
              : "(class packet (" + packet_permissions + "))(classorder (process packet))";
  text += extra;
  base::Result<std::string> bytes = sepolicy::CompileCil({{"small.cil", text}}, false);
  APPNET_CHECK(bytes.ok(), bytes.ok() ? "" : bytes.error().message);
  base::Result<sepolicy::Policy> policy = sepolicy::Policy::Read(bytes.value(), "small");
  APPNET_CHECK(policy.ok(), policy.ok() ? "" : policy.error().message);
  return std::move(policy).value();
}

TEST(BasePolicy, NeedsClassPacket) {
  const Texts files = {{"/a", "policy a; unmatched deny; domain sshd_t { connect any; }"},
                       {"/f", "policy a; unmatched deny; forward any;"}};
  ExpectOnly(CheckFiles(files, {"/a"}, {}, SmallPolicy("")), Kind::kNoPacketClass, "(none)",
             "the policy `small` has no class `packet`");
  ExpectOnly(CheckFiles(files, {"/a"}, {}, SmallPolicy("send recv")), Kind::kNoPacketClass, "(none)",
             "class `packet` of the policy `small` lacks `relabelto`");
  ExpectClean(CheckFiles(files, {"/a"}, {}, SmallPolicy("send recv relabelto")));
  ExpectOnly(CheckFiles(files, {"/f"}, {}, SmallPolicy("send recv relabelto")), Kind::kNoPacketClass,
             "(none)", "class `packet` of the policy `small` lacks `forward_in`, `forward_out`");
  ExpectClean(CheckFiles(files, {"/f"}, {}, SmallPolicy("send recv relabelto forward_in forward_out")));
}

TEST(BasePolicy, AuditedForwardingNeedsItsPermissions) {
  const Texts files = {{"/a", "policy a; unmatched deny; unmatched forward audit;"}};
  ExpectOnly(CheckFiles(files, {"/a"}, {}, SmallPolicy("send recv relabelto")), Kind::kNoPacketClass,
             "(none)", "class `packet` of the policy `small` lacks `forward_in`, `forward_out`");
}

TEST(BasePolicy, NeedsInitialSids) {
  const Checked checked =
      CheckFiles({{"/a", "policy a; unmatched deny; forward any;"}}, {"/a"}, {},
                 SmallPolicy("send recv relabelto forward_in forward_out", "", {"kernel", "unlabeled"}));
  ExpectOnly(checked, Kind::kNoKernelType, "(none)",
             "the policy `small` has no context for the initial SID `unlabeled`");
}

TEST(BasePolicy, AttributeWithoutTypes) {
  ExpectOnly(CheckFiles({{"/a", "policy a; unmatched deny; domain nobody { connect any; }"}}, {"/a"}, {},
                        SmallPolicy("send recv relabelto",
                                    "(typeattribute nobody)(expandtypeattribute nobody false)(allow nobody "
                                    "self (process (fork)))")),
             Kind::kEmptySet, "nobody", "the set is empty");
}

}  // namespace
}  // namespace appnet::sema
