#include "lower/module_facts.h"

#include "lowered.h"
#include "sepolicy/own_module.h"

namespace appnet::lower {
namespace {

using diag::Kind;
using Names = std::vector<std::string>;

TEST(ModuleFacts, LoadersAreWhoeverLabelsPacketsToday) {
  const Lowered lowered = LowerBody("domain mozilla_t { connect tcp/443; }");
  ASSERT_TRUE(lowered.policy);
  EXPECT_EQ(lowered.policy->loaders,
            (Names{"apt_t", "init_t", "initrc_t", "iptables_t", "kernel_t", "unconfined_t"}));
  EXPECT_EQ(lowered.policy->kernel_type, "kernel_t");
  EXPECT_EQ(lowered.policy->unlabeled_type, "unlabeled_t");
}

TEST(ModuleFacts, LoadersCanBeNamed) {
  const Lowered lowered = LowerBody("", LoadedBy("NetworkManager_t"));
  ASSERT_TRUE(lowered.policy);
  EXPECT_EQ(lowered.policy->loaders, Names{"NetworkManager_t"});
}

TEST(ModuleFacts, NamedLoaderMustBeAType) {
  for (const char* wrong : {"iptabels_t", "domain"}) {
    const Lowered lowered = LowerBody("", LoadedBy(wrong));
    ASSERT_EQ(lowered.emitter.error_count(), 1U);
    EXPECT_EQ(lowered.emitter.Sorted()[0].kind, Kind::kNoLoader);
  }
}

TEST(ModuleFacts, RelabelToOfBaseTypesIsAddedWhereItLacks) {
  const Lowered lowered = LowerText("policy p; unmatched base;");
  ASSERT_TRUE(lowered.policy);
  const std::pair<std::string, std::string> missing{"iptables_t", "unlabeled_t"};
  EXPECT_TRUE(std::ranges::count(lowered.policy->missing_relabelto, missing) == 1);
}

TEST(ModuleFacts, TransitIsForWhoeverCouldPassTheClass) {
  EXPECT_EQ(LowerBody("forward tcp/1 as mozilla_t; unmatched forward deny;").policy->transit_types,
            Names{"mozilla_t"});
  const Names base = LowerBody("forward tcp/1 as mozilla_t;").policy->transit_types;
  EXPECT_TRUE(std::ranges::count(base, "unlabeled_t") == 1);  // holds forward_in on the unlabeled type
  EXPECT_TRUE(std::ranges::count(base, "sshd_t") == 0);
  const Names audit = LowerBody("forward tcp/1 as mozilla_t; unmatched forward audit;").policy->transit_types;
  EXPECT_TRUE(std::ranges::count(audit, "sshd_t") == 1);
  const Names labelled = LowerBody("label http_client_packet_t { forward tcp/1; } unmatched forward deny;")
                             .policy->transit_types;
  EXPECT_TRUE(std::ranges::count(labelled, "unconfined_t") == 1);
}

TEST(ModuleFacts, BooleansDeclaredAndRequired) {
  const Lowered lowered = LowerBody(
      "boolean mine = true; boolean unused = false;\n"
      "domain mozilla_t { if mine and squid_connect_any { connect tcp/1; } }");
  ASSERT_TRUE(lowered.policy);
  ASSERT_EQ(lowered.policy->booleans.size(), 2U);
  EXPECT_EQ(lowered.policy->booleans[0].name, "mine");
  EXPECT_TRUE(lowered.policy->booleans[0].value);
  EXPECT_EQ(lowered.policy->required_booleans, Names{"squid_connect_any"});
}

TEST(Collisions, ForeignTypesWithOurNames) {
  const sepolicy::Policy base = ReferenceWith(
      "(type appnet_mozilla_packet_t) (roletype object_r appnet_mozilla_packet_t)\n"
      "(typeattribute appnet_sshd_packet_t) (typeattributeset appnet_sshd_packet_t (sshd_t))\n"
      "(expandtypeattribute appnet_sshd_packet_t false)\n"
      "(allow appnet_sshd_packet_t self (process (fork)))\n"
      "(type appnet_other_packet_t) (roletype object_r appnet_other_packet_t)");
  const Lowered lowered =
      LowerBody("domain mozilla_t { connect tcp/1; } domain sshd_t { accept tcp/22; }", {}, base);
  EXPECT_EQ(lowered.emitter.error_count(), 2U) << lowered.Messages();
  for (const diag::Diagnostic& diagnostic : lowered.emitter.Sorted())
    EXPECT_EQ(diagnostic.kind, Kind::kTypeCollision);
}

TEST(Collisions, ForeignTypesWithTheNamesOfOurAttributes) {
  for (const std::string_view name :
       {sepolicy::kOwnAttribute, sepolicy::kKernelAttribute, sepolicy::kLoaderAttribute}) {
    const sepolicy::Policy base =
        ReferenceWith("(type " + std::string(name) + ") (roletype object_r " + std::string(name) + ")");
    const Lowered lowered = LowerBody("", {}, base);
    ASSERT_EQ(lowered.emitter.error_count(), 1U) << lowered.Messages();
    EXPECT_EQ(lowered.emitter.Sorted()[0].kind, Kind::kTypeCollision);
  }
}

}  // namespace
}  // namespace appnet::lower
