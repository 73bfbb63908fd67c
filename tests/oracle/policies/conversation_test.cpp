// Every packet of random conversations through the generated rules, against backend/README.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "oracle/conversations.h"
#include "policies/coverage.h"
#include "policies/minimize.h"

namespace appnet::oracle {
namespace {

constexpr int kConversations = 30;  // of each scene, for each policy

void Fail(Backend backend, std::uint64_t seed, const std::string& wrong, const Compiled& compiled,
          const Conversation& conversation) {
  const Failure least = Minimize(backend, {compiled.text, conversation});
  ADD_FAILURE() << "seed " << seed << "\n"
                << wrong << "\nsmallest:\n"
                << CompareText(backend, least.text, least.conversation) << "\n"
                << least.text;
}

void CheckPolicies(Backend backend, unsigned rules, unsigned count, std::uint64_t salt, Coverage& coverage) {
  for (unsigned i = 0; i < count; ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + salt + i;
    Random random(seed);
    std::string complaint;
    const auto compiled = CompileNext(random, {rules, true}, complaint);
    ASSERT_NE(compiled, nullptr) << "seed " << seed << "\n" << complaint;
    const ReferenceEvaluator reference(compiled->program, ReferencePolicy());
    const auto module = CilModel::Load(compiled->outputs.cil, ReferencePolicy());
    ASSERT_TRUE(module.ok()) << "seed " << seed << "\n"
                             << module.error().message << "\n"
                             << compiled->outputs.cil;
    const auto loaded = LoadRules(backend, compiled->outputs);
    ASSERT_TRUE(loaded.ok()) << "seed " << seed << "\n"
                             << loaded.error().message << "\n"
                             << compiled->text << "\n"
                             << (backend == Backend::kNftables ? compiled->outputs.nft
                                                               : compiled->outputs.v4 + compiled->outputs.v6);
    Meaning meaning(reference, module.value());
    FlowSampler sampler(reference, random);
    coverage.Add(reference, compiled->text);
    for (const Scene scene : kScenes) {
      for (int c = 0; c < kConversations; ++c) {
        const flow::Flow flow = sampler.Sample(DirectionFor(scene, random.Percent(50)));
        const Conversation conversation = MakeConversation(scene, flow, reference, random);
        coverage.Add(reference, conversation);
        const std::string wrong = Compare(backend, *loaded.value(), conversation, reference, meaning);
        if (wrong.empty()) continue;
        return Fail(backend, seed, wrong, *compiled, conversation);
      }
    }
  }
}

void Check(Backend backend, std::uint64_t salt) {
  Coverage coverage;
  CheckPolicies(backend, 3, PoliciesFromEnvironment(80), salt, coverage);
  if (!::testing::Test::HasFailure())
    CheckPolicies(backend, 15, PoliciesFromEnvironment(60), salt + 50'000, coverage);
  if (::testing::Test::HasFailure()) return;
  EXPECT_EQ(coverage.Gaps(), std::vector<std::string>{}) << coverage.Table();
}

TEST(Conversation, NftablesLabelsEveryPacket) { Check(Backend::kNftables, 300'000); }
TEST(Conversation, IptablesLabelsEveryPacket) { Check(Backend::kIptables, 300'000); }

}  // namespace
}  // namespace appnet::oracle
