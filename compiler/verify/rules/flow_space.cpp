#include "verify/rules/flow_space.h"

#include <algorithm>

namespace appnet::verify::rules {
namespace {

// What is read back is as large as what was built, several times over: each reading has its own functions.
constexpr ir::Budget kBudget{.edges = 96'000'000, .steps = 4'000'000'000, .set_elements = 50'000'000};

}  // namespace

FlowSpace::FlowSpace(flow::InterfaceClasses interfaces)
    : interfaces_(std::move(interfaces)),
      diagram_(kBudget),
      over_{diagram_.FreshOperation(), kNothing, true, false},
      guard_{diagram_.FreshOperation(), kYes, false, false},
      fill_{diagram_.FreshOperation(), kNo, false, false} {}

Value FlowSpace::MaximumOf(Field field, Family family) const {
  return ir::Space{flow::Direction::kForward, interfaces_.size()}.Maximum(field, family);
}

Leaf FlowSpace::LeafOf(std::string_view context) {
  const auto [place, is_new] =
      leaves_.try_emplace(std::string(context), static_cast<Leaf>(contexts_.size() + 1));
  if (is_new) contexts_.emplace_back(context);
  return place->second;
}

NodeId FlowSpace::Over(NodeId over, NodeId under) {
  return diagram_.Apply(over_, over, under, [](Leaf a, Leaf b) { return a == kNothing ? b : a; });
}

NodeId FlowSpace::If(NodeId condition, NodeId yes, NodeId no) {
  const NodeId guarded =
      diagram_.Apply(guard_, condition, yes, [](Leaf a, Leaf b) { return a == kYes ? b : a; });
  return diagram_.Apply(fill_, guarded, no, [](Leaf a, Leaf b) { return a == kNo ? b : a; });
}

std::pair<NodeId, Value> FlowSpace::From(NodeId node, Field field, Value value, Value maximum) const {
  if (diagram_.FieldOf(node) != static_cast<int>(field)) return {node, maximum};
  const std::size_t edge = diagram_.EdgeAt(node, value);
  return {diagram_.EdgeChild(node, edge), diagram_.EdgeHigh(node, edge)};
}

NodeId FlowSpace::OfFamily(NodeId node, Family family) {
  return diagram_.Restrict(node, Field::kFamily, ir::FamilyValue(family));
}

NodeId FlowSpace::ByFamily(NodeId v4, NodeId v6) {
  const std::array<ir::Diagram::Edge, 2> edges{{{0, v4}, {1, v6}}};
  return diagram_.MakeNode(Field::kFamily, edges);
}

FlowSpace::Difference FlowSpace::FirstDifference(NodeId left, NodeId right) const {
  Difference difference;
  while (left != right) {
    const int level = std::min(diagram_.FieldOf(left), diagram_.FieldOf(right));
    if (level == ir::kFieldCount) break;
    const auto field = static_cast<Field>(level);
    difference.tested[ir::IndexOf(field)] = true;
    const NodeId tested = diagram_.FieldOf(left) == level ? left : right;
    const Value maximum = diagram_.EdgeHigh(tested, diagram_.EdgeCount(tested) - 1);
    NodeId a = left;
    NodeId b = right;
    for (Value low = 0;;) {
      Value high_a = 0;
      Value high_b = 0;
      std::tie(a, high_a) = From(left, field, low, maximum);
      std::tie(b, high_b) = From(right, field, low, maximum);
      difference.point[ir::IndexOf(field)] = low;
      const Value high = std::min(high_a, high_b);
      if (a != b || high >= maximum) break;
      low = high + 1;
    }
    left = a;
    right = b;
  }
  if (diagram_.IsLeaf(left)) difference.left = diagram_.LeafOf(left);
  if (diagram_.IsLeaf(right)) difference.right = diagram_.LeafOf(right);
  return difference;
}

}  // namespace appnet::verify::rules
