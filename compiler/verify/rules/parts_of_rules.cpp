#include "verify/rules/parts_of_rules.h"

#include "verify/rules/contract.h"
#include "verify/rules/lookups.h"
#include "verify/rules/run_hook.h"

namespace appnet::verify::rules {
namespace {

// In the order of directions: where a flow's first packet is looked up.
constexpr Hook kHooks[] = {Hook::kPostrouting, Hook::kInput, Hook::kForward};
constexpr std::size_t kMostSituations = 10'000;

// The look-ups of a flow's first packet, on other interfaces than lo.
std::vector<ChainId> FirstLookups(const Ruleset& ruleset, const Lookups& lookups, const Reading& there) {
  Situation situation(kHooks[static_cast<std::size_t>(there.direction)]);
  std::size_t steps = kMostSituations * 100;
  for (std::size_t count = 0; count < kMostSituations; ++count) {
    Passage theirs(situation);
    const Done done = RunHook(ruleset, lookups, theirs, steps);
    Passage ours(situation);
    const Due due = DueAt(ruleset.backend, Family::kIpv4, ours);
    const bool lo =
        situation.KnownIn() == Interface::kLoopback || situation.KnownOut() == Interface::kLoopback;
    if (!done.refusal && !lo && due.readings == std::vector{there}) return done.label.lookups;
    if (!situation.Next()) break;
  }
  return {};
}

}  // namespace

std::vector<PolicyFunctions::Parts> PartsOfRules(const Ruleset& ruleset, FlowSpace& space,
                                                 const ir::Policy& labels) {
  Lookups lookups(ruleset, space);
  PolicyFunctions::Parts parts;
  const auto leaf = [&](ir::LabelId label) { return space.LeafOf(labels.labels[label].context); };
  parts.unmatched = leaf(labels.unmatched);
  parts.unmatched_forward = leaf(labels.unmatched_forward);
  parts.transit = leaf(labels.transit);
  std::vector<PolicyFunctions::Parts> answers = {parts};
  for (const flow::Direction direction : flow::kDirections) {
    const Reading there{direction, false, false};
    const std::vector<ChainId> chains = FirstLookups(ruleset, lookups, there);
    const auto function = [&](std::size_t i) {
      return lookups.FunctionOf(chains[i], there).value_or(ir::kNowhere);
    };
    const auto index = static_cast<std::size_t>(direction);
    const std::size_t before = answers.size();
    for (std::size_t i = 0; i < before; ++i) {
      // more than two are a mismatch that the comparison finds
      if (chains.size() >= 2) answers[i].inherited[index] = function(0);
      if (!chains.empty()) answers[i].own[index] = function(chains.size() - 1);
      if (chains.size() != 1 || direction == flow::Direction::kForward) continue;
      PolicyFunctions::Parts other = answers[i];
      std::swap(other.own[index], other.inherited[index]);
      answers.push_back(other);
    }
  }
  return answers;
}

}  // namespace appnet::verify::rules
