// The label of each flow, as the compiler's waist has it, against the language's word.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "oracle/conversations.h"
#include "oracle/meaning.h"
#include "policies/compile.h"

namespace appnet::oracle {
namespace {

constexpr std::size_t kWholeSweep = 40'000;
constexpr std::size_t kSamples = 4'000;

std::string CheckFlow(const Compiled& compiled, const ReferenceEvaluator& reference, Meaning& meaning,
                      const flow::Flow& flow) {
  const ir::Label& label = compiled.policy.labels[ir::LabelOf(compiled.policy, flow)];
  const Outcome outcome = reference.Of(flow);
  const std::string difference = meaning.Difference(label.context, outcome);
  if (difference.empty()) return "";
  return fmt::format("{}\nexpected: {}\nactual: {}\n{}", Describe(flow), Describe(outcome, reference),
                     label.type, difference);
}

// Every combination of the values where some rule begins or ends, and their neighbours; or a sample where
// these are many.
std::string CheckAll(const Compiled& compiled, const ReferenceEvaluator& reference, Meaning& meaning,
                     Random& random, std::size_t& swept) {
  FlowSampler sampler(reference, random);
  const std::size_t classes = compiled.program.interfaces.size();
  for (const flow::Direction direction : flow::kDirections) {
    const std::size_t outs = direction == flow::Direction::kForward ? classes : 1;
    for (const Family family : flow::kFamilies) {
      const auto& addresses = sampler.Addresses(family);
      const auto& services = sampler.Services(family);
      if (classes * outs * addresses.size() * addresses.size() * services.size() > kWholeSweep) continue;
      ++swept;
      flow::Flow flow;
      flow.direction = direction;
      flow.family = family;
      for (flow.interface = 0; flow.interface < classes; ++flow.interface) {
        for (flow.out = 0; flow.out < outs; ++flow.out) {
          for (const Value peer : addresses) {
            for (const Value self : addresses) {
              for (const Value service : services) {
                flow.peer = peer, flow.self = self, flow.service = service;
                if (std::string wrong = CheckFlow(compiled, reference, meaning, flow); !wrong.empty())
                  return wrong;
              }
            }
          }
        }
      }
    }
    for (std::size_t i = 0; i < kSamples / 3; ++i) {
      if (std::string wrong = CheckFlow(compiled, reference, meaning, sampler.Sample(direction));
          !wrong.empty())
        return wrong;
    }
  }
  return "";
}

void CheckPolicies(const PolicyShape& shape, unsigned count, std::uint64_t salt, std::size_t& swept) {
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
    Meaning meaning(reference, module.value());
    const std::string wrong = CheckAll(*compiled, reference, meaning, random, swept);
    ASSERT_TRUE(wrong.empty()) << "seed " << seed << "\n" << wrong << "\n" << compiled->text;
  }
}

TEST(Flow, EveryEdgeOfTinyPolicies) {
  std::size_t swept = 0;
  CheckPolicies({2, true, 0}, PoliciesFromEnvironment(40), 100'000, swept);
  EXPECT_GT(swept, 0U);
}

TEST(Flow, SamplesOfLargerPolicies) {
  std::size_t swept = 0;
  CheckPolicies({20, true, 10}, PoliciesFromEnvironment(60), 200'000, swept);
}

}  // namespace
}  // namespace appnet::oracle
