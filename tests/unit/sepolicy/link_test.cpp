// Modules on top of a policy: CIL and packages, what libsepol says when they don't link, and neverallow
// rules.

#include "sepolicy/link.h"

#include <gtest/gtest.h>

#include <map>

#include "sepolicy/constraints.h"
#include "unit/sepolicy/policies.h"

namespace appnet::sepolicy {
namespace {

const Policy& Reference() {
  static const base::Result<Policy> kPolicy = Policy::Reference();
  return kPolicy.value();
}

const Linker& ReferenceLinker() {
  static const base::Result<Linker> kLinker = Linker::On(Reference());
  return kLinker.value();
}

Policy LinkedPolicy(const std::vector<CilText>& modules) {
  const base::Result<Linked> linked = ReferenceLinker().Link(modules);
  EXPECT_TRUE(linked.ok()) << (linked.ok() ? "" : linked.error().message);
  base::Result<Policy> policy = Policy::Read(linked.value().image, "linked", OwnModule::kShown);
  EXPECT_TRUE(policy.ok());
  return std::move(policy).value();
}

std::string ErrorOf(const std::vector<CilText>& modules) {
  const base::Result<Linked> linked = ReferenceLinker().Link(modules);
  return linked.ok() ? "no error" : linked.error().message;
}

void ExpectContains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << " is not in: " << text;
}

TEST(Link, AddsWhatAModuleBrings) {
  const Policy policy = LinkedPolicy(
      {{"app.cil",
        "(type app_t)(roletype system_r app_t)(typeattributeset domain (app_t))(boolean app_on true)"},
       {"rule.cil", "(booleanif app_on (true (allow app_t http_client_packet_t (packet (send)))))"}});
  const TypeId app = TypeNamed(policy, "app_t");
  EXPECT_TRUE(policy.IsDomain(app));
  const Access access = policy.Allowed(app, TypeNamed(policy, "http_client_packet_t"), "packet", "send");
  EXPECT_TRUE(access.at_defaults);
  EXPECT_FALSE(access.always);
  EXPECT_EQ(policy.type_count(), Reference().type_count() + 1);
}

TEST(Link, RequirementsInTheStoresWay) {
  const Policy policy = LinkedPolicy({{"a.cil",
                                       "(typeattributeset cil_gen_require domain)"
                                       "(roleattributeset cil_gen_require system_r)(type a_t)"},
                                      {"b.cil", "(typeattribute cil_gen_require)(type b_t)"}});
  EXPECT_NE(policy.Find("a_t").kind, NameLookup::Kind::kNone);
  ExpectContains(ErrorOf({{"a.cil", "\n(typeattributeset cil_gen_require missing_t)"}}), "a.cil:2");
}

TEST(Link, SaysWhatDoesNotLink) {
  ExpectContains(ErrorOf({{"a.cil", "(type mozilla_t)"}}), "Re-declaration of type mozilla_t");
  ExpectContains(ErrorOf({{"a.cil", "\n\n(allow mozilla_t no_t (packet (send)))"}}),
                 "Failed to resolve allow statement at a.cil:3");
  ExpectContains(ErrorOf({{"a.cil", "(type"}}), "`a.cil` is no CIL");
  ExpectContains(ErrorOf({{"a.cil", "(portcon tcp 443 (system_u object_r ssh_port_t ((s0) (s0))))"}}),
                 "portcon");
}

TEST(Link, LeavesOutAnEarlierModuleOfOurs) {
  const std::string ours =
      "(typeattribute appnet_packet_type)(expandtypeattribute appnet_packet_type false)"
      "(type appnet_x_packet_t)(roletype object_r appnet_x_packet_t)"
      "(typeattributeset appnet_packet_type (appnet_x_packet_t))"
      "(allow mozilla_t appnet_packet_type (packet (send)))";
  const base::Result<Linked> once = ReferenceLinker().Link({{"p.cil", ours}});
  ASSERT_TRUE(once.ok()) << once.error().message;
  const Policy hidden = Policy::Read(once.value().image, "once").value();
  const Policy shown = Policy::Read(once.value().image, "once", OwnModule::kShown).value();
  EXPECT_EQ(hidden.Find("appnet_x_packet_t").kind, NameLookup::Kind::kNone);
  ASSERT_EQ(shown.Find("appnet_x_packet_t").kind, NameLookup::Kind::kType);
  EXPECT_TRUE(
      shown.Allowed(TypeNamed(shown, "mozilla_t"), TypeNamed(shown, "appnet_x_packet_t"), "packet", "send")
          .always);
  const base::Result<Linker> again = Linker::On(hidden);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again.value().Link({{"p.cil", ours}}).ok());
}

TEST(Neverallow, EveryViolationIsListed) {
  const base::Result<Linked> linked = ReferenceLinker().Link(
      {{"limits.cil",
        "(allow ssh_t http_server_packet_t (packet (send)))\n"
        "(neverallow domain dns_client_packet_t (packet (recv)))\n"
        "(neverallow ssh_t http_server_packet_t (packet (send)))\n"
        "(neverallow ssh_t http_server_packet_t (packet (recv)))\n"
        "(booleanif squid_connect_any (true (allow sshd_t http_server_packet_t (packet (recv)))))\n"
        "(neverallow sshd_t http_server_packet_t (packet (recv)))\n"}});
  ASSERT_TRUE(linked.ok()) << linked.error().message;
  std::map<unsigned, const NeverallowViolation*> by_line;
  for (const NeverallowViolation& violation : linked.value().violations) {
    EXPECT_EQ(violation.rule.name, "limits.cil");
    by_line[violation.rule.line] = &violation;
  }
  ASSERT_EQ(by_line.size(), 3U);
  EXPECT_GT(by_line.at(2)->granted_by.size(), 1U);
  ASSERT_EQ(by_line.at(3)->granted_by.size(), 1U);
  EXPECT_EQ(by_line.at(3)->rule.rule, "(neverallow ssh_t http_server_packet_t (packet (send)))");
  EXPECT_EQ(by_line.at(3)->granted_by[0].rule, "(allow ssh_t http_server_packet_t (packet (send)))");
  EXPECT_EQ(by_line.at(3)->granted_by[0].name, "limits.cil");
  EXPECT_EQ(by_line.at(3)->granted_by[0].line, 1U);
  ASSERT_EQ(by_line.at(6)->granted_by.size(), 1U);
  EXPECT_EQ(by_line.at(6)->granted_by[0].line, 5U);
  EXPECT_TRUE(Policy::Read(linked.value().image, "linked").ok());
}

TEST(Neverallow, MoreThanFourRules) {
  std::string text = "(typeattribute many)(neverallow mozilla_t many (packet (relabelto)))";
  for (int i = 0; i < 30; ++i) {
    text += "(type m" + std::to_string(i) + "_t)(typeattributeset many (m" + std::to_string(i) + "_t))" +
            "(allow mozilla_t m" + std::to_string(i) + "_t (packet (relabelto)))";
  }
  const base::Result<Linked> linked = ReferenceLinker().Link({{"many.cil", text}});
  ASSERT_TRUE(linked.ok()) << linked.error().message;
  ASSERT_EQ(linked.value().violations.size(), 1U);
  EXPECT_EQ(linked.value().violations[0].granted_by.size(), 30U);
}

// A package by hand: a header, one section, and a module whose policy is damaged or missing.
std::string Package(const std::string& module) {
  const std::string header("\x8f\xff\x7c\xf9\x01\0\0\0\x01\0\0\0\x10\0\0\0", 16);
  return header + module;
}

TEST(ReadModule, SaysWhatItIsInstead) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "the file is empty"},
      {"BZh91AY", "unpack it with bunzip2 first"},
      {std::string("\x8d\xff\x7c\xf9\0\0", 6), "semodule_package"},
      {std::string("\x8c\xff\x7c\xf9\0\0", 6), "give that with --policy"},
      {std::string("(type a\0b)", 10), "neither CIL text nor a policy package"},
      {Package(""), "the policy package can't be read"},
      {Package("\x8d\xff\x7c\xf9"), "the policy package can't be read"},
      {Package(std::string(5000, '\xff')), "the policy package can't be read"},
      {Package("").substr(0, 9), "the policy package can't be read"},
  };
  testing::internal::CaptureStderr();
  for (const auto& [bytes, says] : cases) {
    const base::Result<CilText> module = ReadModule("m", bytes);
    ASSERT_FALSE(module.ok());
    ExpectContains(module.error().message, says);
    ExpectContains(module.error().message, "`m`");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ExpectContains(ReadModule("m.te", "policy_module(m, 1.0)").error().message, "a module's source");
  EXPECT_EQ(ReadModule("m.cil", "(type a)").value().text, "(type a)");
}

TEST(Constraints, StopInEveryContextOrNot) {
  const Policy policy =
      LinkedPolicy({{"limits.cil",
                     "(type app_t)(roletype system_r app_t)(typeattributeset domain (app_t))(type nobody_t)"
                     "(type x_packet_t)(roletype object_r x_packet_t)(boolean on false)"
                     "(allow app_t x_packet_t (packet (send)))"
                     "(booleanif on (true (allow app_t x_packet_t (packet (recv)))))"
                     "(constrain (packet (recv)) (neq t1 app_t))"
                     "(constrain (packet (relabelto)) (eq t1 app_t))"}});
  const base::Result<Constraints> constraints = Constraints::Of(policy.image(), "linked");
  ASSERT_TRUE(constraints.ok());
  const std::vector<std::string> contexts = constraints.value().ContextsOf("app_t");
  ASSERT_FALSE(contexts.empty());
  for (const std::string& context : contexts) EXPECT_TRUE(policy.IsValidContext(context)) << context;
  EXPECT_TRUE(constraints.value().ContextsOf("nobody_t").empty());
  EXPECT_TRUE(constraints.value().ContextsOf("no_such_type").empty());
  const std::string packet = policy.PacketContext("x_packet_t");
  for (const std::string& context : contexts) {
    EXPECT_FALSE(constraints.value().Stops(context, packet, "packet", "send"));
    // the rule is off with its boolean, the constraint counts all the same
    const auto text = constraints.value().Stops(context, packet, "packet", "recv");
    ASSERT_TRUE(text);
    ExpectContains(*text, "constrain packet { recv } ((t1 != app_t -Fail-)");
    EXPECT_EQ(text->find('\n'), std::string::npos);
  }
  EXPECT_FALSE(constraints.value().Stops("no context", packet, "packet", "recv"));
}

}  // namespace
}  // namespace appnet::sepolicy
