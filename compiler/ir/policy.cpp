#include "ir/policy.h"

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

}  // namespace appnet::ir
