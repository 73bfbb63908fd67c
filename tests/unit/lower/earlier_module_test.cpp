// A machine whose policy holds an earlier module of ours: a build there must come out as on a machine that
// never had one.

#include "backend/cil/emit.h"
#include "backend/iptables/emit.h"
#include "backend/nftables/emit.h"
#include "lowered.h"
#include "sepolicy/own_module.h"

namespace appnet::lower {
namespace {

std::string PartsOf(const ir::Policy& policy) {
  std::string text = backend::cil::Emit(policy).bytes + backend::nftables::Emit(policy).bytes;
  for (const base::OutputFile& file : backend::iptables::Emit(policy)) text += file.bytes;
  return text;
}

// The image of the reference policy, less some of its statements, and a module.
std::string Image(const std::string& module, const std::vector<std::string>& without = {}) {
  std::string text(sepolicy::ReferencePolicySource());
  for (const std::string& statement : without) {
    const std::size_t at = text.find(statement);
    EXPECT_NE(at, std::string::npos) << statement;
    text.erase(at, statement.size());
  }
  const base::Result<std::string> image =
      sepolicy::CompileCil({{"reference.cil", text}, {"module.cil", module}}, true);
  EXPECT_TRUE(image.ok()) << (image.ok() ? "" : image.error().message);
  return image.ok() ? image.value() : "";
}

sepolicy::Policy Read(const std::string& image) {
  base::Result<sepolicy::Policy> policy = sepolicy::Policy::Read(image, "reference");
  EXPECT_TRUE(policy.ok());
  return std::move(policy).value();
}

// As the machine has it after the policy went through CIL once more.
std::string Relinked(const std::string& image) {
  const base::Result<std::string> cil = sepolicy::PolicyToCil(image);
  EXPECT_TRUE(cil.ok());
  const base::Result<std::string> again = sepolicy::CompileCil({{"policy.cil", cil.value()}}, true);
  EXPECT_TRUE(again.ok()) << (again.ok() ? "" : again.error().message);
  return again.ok() ? again.value() : "";
}

const char* const kPolicies[] = {
    "policy p; unmatched deny;",
    "policy p; unmatched base;",
    "policy p; unmatched inherit; unmatched forward deny;\n"
    "domain mozilla_t { connect tcp/3128 to 10.20.0.7; }\n"
    "domain chromium_t { connect tcp/* to 10.20.0.0/16; }\n",
    "policy p; unmatched audit; unmatched forward audit;\n"
    "boolean direct = true; boolean unused = false; boolean cancelled = true;\n"
    "domain mozilla_t {\n"
    "  if direct and not squid_connect_any { audit connect tcp/443; } else { connect tcp/80; }\n"
    "  if cancelled { connect tcp/81; } else { connect tcp/81; }\n"
    "}\n"
    "label http_client_packet_t { connect tcp/8080; }\n"
    "forward tcp/443 from 10.0.0.0/8 via \"eth0\" -> \"wan0\"; forward udp/53 as mozilla_t;\n",
};

TEST(EarlierModule, BuildsTheSameOnTopOfIt) {
  for (const char* text : kPolicies) {
    const Lowered first = LowerText(text);
    ASSERT_TRUE(first.policy) << first.Messages();
    const std::string parts = PartsOf(*first.policy);
    const std::string image = Image(backend::cil::Emit(*first.policy).bytes);
    for (const std::string& machine : {image, Relinked(image)}) {
      const Lowered again = LowerText(text, {}, Read(machine));
      ASSERT_TRUE(again.policy) << again.Messages();
      EXPECT_EQ(PartsOf(*again.policy), parts) << text;
    }
  }
}

TEST(EarlierModule, OfAnotherPolicyAndOtherOptions) {
  const Lowered earlier = LowerText(kPolicies[3], LoadedBy("NetworkManager_t"));
  ASSERT_TRUE(earlier.policy);
  const sepolicy::Policy machine = Read(Image(backend::cil::Emit(*earlier.policy).bytes));
  for (const char* text : kPolicies) {
    const Lowered fresh = LowerText(text);
    const Lowered again = LowerText(text, {}, machine);
    ASSERT_TRUE(fresh.policy && again.policy) << again.Messages();
    EXPECT_EQ(PartsOf(*again.policy), PartsOf(*fresh.policy)) << text;
  }
}

// What the module had to add on base types must be added again, or the next module lacks it.
TEST(EarlierModule, ItsRulesOnBaseTypesDoNotCount) {
  const std::vector<std::string> without = {"(allow kernel_t unlabeled_t (packet (send)))",
                                            "(typeattributeset kern_unconfined unconfined_domain_type)"};
  const Lowered first = LowerText(kPolicies[1], {}, Read(Image("", without)));
  ASSERT_TRUE(first.policy) << first.Messages();
  EXPECT_FALSE(first.policy->missing_relabelto.empty());
  EXPECT_FALSE(first.policy->kernel_sends_unlabeled);
  const std::string module = backend::cil::Emit(*first.policy).bytes;
  const Lowered again = LowerText(kPolicies[1], {}, Read(Image(module, without)));
  ASSERT_TRUE(again.policy) << again.Messages();
  EXPECT_EQ(backend::cil::Emit(*again.policy).bytes, module);
}

TEST(EarlierModule, IsNotSeenByName) {
  const Lowered first = LowerText(kPolicies[3]);
  ASSERT_TRUE(first.policy);
  const sepolicy::Policy machine = Read(Image(backend::cil::Emit(*first.policy).bytes));
  const sepolicy::Policy& fresh = ReferencePolicy();
  EXPECT_EQ(machine.AllNames(), fresh.AllNames());
  EXPECT_EQ(machine.boolean_count(), fresh.boolean_count());
  EXPECT_EQ(machine.Domains().size(), fresh.Domains().size());
  EXPECT_EQ(machine.SourcesOf("packet", "relabelto").size(), fresh.SourcesOf("packet", "relabelto").size());
  // A use of its boolean without a declaration would not install, and neither would a label of its types.
  EXPECT_FALSE(machine.FindBoolean("direct"));
  EXPECT_FALSE(
      LowerText("policy p; unmatched deny; domain mozilla_t { if direct { connect tcp/1; } }", {}, machine)
          .program);
  EXPECT_FALSE(LowerText("policy p; unmatched deny; label appnet_unmatched_t { connect tcp/1; }", {}, machine)
                   .program);
  EXPECT_FALSE(
      LowerText("policy p; unmatched deny; domain appnet_loader { connect tcp/1; }", {}, machine).program);
}

// For linking: the policy of the machine as CIL, without the earlier module, takes the new one.
TEST(EarlierModule, CanBeTakenOutOfThePolicysCil) {
  const base::Result<std::string> fresh = sepolicy::PolicyToCil(Image(""));
  ASSERT_TRUE(fresh.ok());
  for (const char* text : kPolicies) {
    const Lowered lowered = LowerText(text);
    ASSERT_TRUE(lowered.policy);
    const std::string module = backend::cil::Emit(*lowered.policy).bytes;
    const std::string image = Image(module +
                                    "(typeattribute all_of_them)\n(expandtypeattribute all_of_them false)\n"
                                    "(typeattributeset all_of_them (all))\n"
                                    "(allow init_t all_of_them (packet (relabelto)))\n");
    const base::Result<std::string> cil = sepolicy::PolicyToCil(image);
    ASSERT_TRUE(cil.ok());
    const std::string rest = sepolicy::WithoutOwnModule(cil.value());
    EXPECT_EQ(rest.find("appnet_"), std::string::npos);
    const base::Result<std::string> linked =
        sepolicy::CompileCil({{"rest.cil", rest}, {"module.cil", module}}, true);
    EXPECT_TRUE(linked.ok()) << (linked.ok() ? "" : linked.error().message);
  }
  const base::Result<std::string> same =
      sepolicy::CompileCil({{"rest.cil", sepolicy::WithoutOwnModule(fresh.value())}}, true);
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same.value(), Relinked(Image("")));
}

// Conditionals of the base policy keep their booleans, also when a module of ours uses them.
TEST(EarlierModule, BooleansOfTheBasePolicyStay) {
  const Lowered first =
      LowerText("policy p; unmatched deny; domain mozilla_t { if squid_connect_any { connect tcp/1; } }");
  ASSERT_TRUE(first.policy);
  const sepolicy::Policy machine = Read(Image(backend::cil::Emit(*first.policy).bytes));
  EXPECT_TRUE(machine.FindBoolean("squid_connect_any"));
  EXPECT_EQ(machine.boolean_count(), ReferencePolicy().boolean_count());
}

}  // namespace
}  // namespace appnet::lower
