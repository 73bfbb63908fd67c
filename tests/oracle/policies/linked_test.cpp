// The quick answer (the module's own text, and that its types are new) and the thorough one (base and module
// linked by libsepol) are the same for random policies; and the thorough one notices who else gets in.
#include <gtest/gtest.h>

#include "policies/compile.h"
#include "sepolicy/link.h"
#include "verify/linked_check.h"
#include "verify/module_check.h"

namespace appnet::oracle {
namespace {

verify::LinkedReport Link(const Compiled& compiled, const std::string& more) {
  static const base::Result<sepolicy::Linker> kLinker = sepolicy::Linker::On(ReferencePolicy());
  const auto linked = kLinker.value().Link({{"module.cil", compiled.outputs.cil}, {"more.cil", more}});
  EXPECT_TRUE(linked.ok()) << (linked.ok() ? "" : linked.error().message);
  const auto policy = sepolicy::Policy::Read(linked.value().image, "linked", sepolicy::OwnModule::kShown);
  EXPECT_TRUE(policy.ok());
  return verify::CheckLinked(compiled.policy, policy.value()).value();
}

TEST(Linked, QuickAndThoroughAgree) {
  for (unsigned i = 0; i < std::min(PoliciesFromEnvironment(25), 200U); ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + 800'000 + i;
    Random random(seed);
    std::string complaint;
    const auto compiled = CompileNext(random, {8, true, 0}, complaint);
    ASSERT_NE(compiled, nullptr) << "seed " << seed << "\n" << complaint;
    EXPECT_TRUE(verify::CheckModule(compiled->outputs.cil, compiled->policy).empty()) << "seed " << seed;
    const verify::LinkedReport report = Link(*compiled, "(optional none)");
    EXPECT_TRUE(report.foreign.empty()) << "seed " << seed << ": " << report.foreign[0].domain;
    EXPECT_TRUE(report.logged.empty()) << "seed " << seed << ": " << report.logged[0].domain;
    EXPECT_TRUE(report.missing.empty()) << "seed " << seed << ": " << report.missing[0];
    EXPECT_TRUE(report.stopped.empty()) << "seed " << seed << ": " << report.stopped[0].constraint;
  }
}

TEST(Linked, SeesWhoElseGetsIn) {
  std::string errors;
  const auto compiled = Compile(
      "policy p; unmatched deny; domain mozilla_t { if squid_connect_any { connect tcp/443; } connect "
      "tcp/80; }",
      errors);
  ASSERT_NE(compiled, nullptr) << errors;
  const auto found = [&](const std::string& more) {
    std::string text;
    for (const auto& one : Link(*compiled, more).foreign) {
      text +=
          compiled->policy.labels[one.label].type + " " + one.domain + " " + one.permission + " " + one.when;
      for (const std::string& attribute : one.through) text += " through " + attribute;
      text += "\n";
    }
    return text;
  };
  EXPECT_EQ(found("(allow sshd_t appnet_mozilla_packet_t (packet (recv)))"),
            "appnet_mozilla_packet_t sshd_t recv always\n");
  EXPECT_EQ(found("(boolean b false)(booleanif b (false (allow sshd_t appnet_mozilla_packet_t (packet "
                  "(forward_in)))))"),
            "appnet_mozilla_packet_t sshd_t forward_in not b\n");
  // A holder by a rule of ours, under more settings than the rule says.
  const std::string conditional = compiled->policy.labels[0].type == "appnet_mozilla_packet_t"
                                      ? compiled->policy.labels[1].type
                                      : compiled->policy.labels[0].type;
  EXPECT_EQ(
      found("(boolean b false)(booleanif b (true (allow mozilla_t " + conditional + " (packet (send)))))"),
      conditional + " mozilla_t send b and not squid_connect_any\n");
  EXPECT_EQ(found("(typeattribute rest)(typeattributeset rest (not (or domain (" + conditional +
                  " appnet_unmatched_t))))(allow sshd_t rest (packet (forward_out)))"),
            "appnet_mozilla_packet_t sshd_t forward_out always through rest\n");
}

}  // namespace
}  // namespace appnet::oracle
