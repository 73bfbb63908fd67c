#include "ir/policy.h"

#include <set>

namespace appnet::ir {

LabelId LabelOf(const Policy& policy, const flow::Flow& flow) {
  const auto direction = static_cast<std::size_t>(flow.direction);
  const Point point = PointOf(flow);
  if (const Leaf leaf = policy.diagram.Evaluate(policy.roots[direction], point); leaf != kMiss)
    return LabelFor(leaf);
  if (flow.direction == flow::Direction::kForward) return policy.unmatched_forward;
  const Leaf leaf = policy.diagram.Evaluate(policy.inherited[direction], point);
  return leaf != kMiss ? LabelFor(leaf) : policy.unmatched;
}

std::vector<std::string> RequiredBooleans(const Policy& policy) {
  std::set<std::string> required;
  for (const Label& label : policy.labels) {
    for (const Grant& grant : label.grants) {
      for (const flow::ConditionId condition : {grant.allowed, grant.audited}) {
        for (std::string& name : policy.conditions.VariablesOf(condition)) required.insert(std::move(name));
      }
    }
  }
  for (const auto& boolean : policy.booleans) required.erase(boolean.name);
  return {required.begin(), required.end()};
}

}  // namespace appnet::ir
