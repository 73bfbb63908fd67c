// Every packet of random conversations through the generated rules, against backend/README.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "oracle/conversations.h"
#include "policies/coverage.h"
#include "policies/minimize.h"

namespace appnet::oracle {
namespace {

constexpr int kConversations = 30;  // of each scene, for each policy
constexpr int kEdges = 400;

void Fail(Backend backend, std::uint64_t seed, const std::string& wrong, const Compiled& compiled,
          const Conversation& conversation) {
  const Failure least = Minimize(backend, {compiled.text, conversation});
  ADD_FAILURE() << "seed " << seed << "\n"
                << wrong << "\nsmallest:\n"
                << CompareText(backend, least.text, least.conversation) << "\n"
                << least.text;
}

void CheckPolicies(Backend backend, const PolicyShape& shape, unsigned count, std::uint64_t salt,
                   Coverage& coverage) {
  for (unsigned i = 0; i < count; ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + salt + i;
    Random random(seed);
    std::string complaint;
    const auto compiled = CompileNext(random, shape, complaint);
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

// Flows at the edges of every rule, each looked up at every place; a sample where these are too many.
void CheckEdges(Backend backend, std::uint64_t salt) {
  constexpr Scene kTracked[] = {Scene::kOutgoing, Scene::kIncoming, Scene::kLoopback, Scene::kForwarded};
  for (unsigned i = 0; i < PoliciesFromEnvironment(30); ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + salt + i;
    Random random(seed);
    std::string complaint;
    const auto compiled = CompileNext(random, {20, true, 15}, complaint);
    ASSERT_NE(compiled, nullptr) << "seed " << seed << "\n" << complaint;
    const ReferenceEvaluator reference(compiled->program, ReferencePolicy());
    const auto module = CilModel::Load(compiled->outputs.cil, ReferencePolicy());
    const auto loaded = LoadRules(backend, compiled->outputs);
    ASSERT_TRUE(module.ok() && loaded.ok()) << "seed " << seed;
    Meaning meaning(reference, module.value());
    FlowSampler sampler(reference, random);
    for (const Scene scene : kTracked) {
      for (int sample = 0; sample < kEdges; ++sample) {
        flow::Flow flow = sampler.Sample(DirectionFor(scene, random.Percent(50)));
        flow.peer = random.Pick(sampler.Addresses(flow.family));
        flow.service = random.Pick(sampler.Services(flow.family));
        const Conversation conversation = MakeLookups(scene, flow, reference, random);
        const std::string wrong = Compare(backend, *loaded.value(), conversation, reference, meaning);
        if (!wrong.empty()) return Fail(backend, seed, wrong, *compiled, conversation);
      }
    }
  }
}

void Check(Backend backend, std::uint64_t salt) {
  Coverage coverage;
  const PolicyShape shapes[] = {{3, true, 0}, {15, true, 0}, {40, true, 25}};
  for (const PolicyShape& shape : shapes) {
    CheckPolicies(backend, shape, PoliciesFromEnvironment(60), salt, coverage);
    salt += 30'000;
  }
  if (::testing::Test::HasFailure()) return;
  EXPECT_EQ(coverage.Gaps(), std::vector<std::string>{}) << coverage.Table();
}

TEST(Conversation, NftablesLabelsEveryPacket) { Check(Backend::kNftables, 300'000); }
TEST(Conversation, IptablesLabelsEveryPacket) { Check(Backend::kIptables, 300'000); }

TEST(Edges, NftablesLooksUpLikeTheReference) { CheckEdges(Backend::kNftables, 400'000); }
TEST(Edges, IptablesLooksUpLikeTheReference) { CheckEdges(Backend::kIptables, 400'000); }

}  // namespace
}  // namespace appnet::oracle
