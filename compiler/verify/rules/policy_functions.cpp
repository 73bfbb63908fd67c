#include "verify/rules/policy_functions.h"

#include <algorithm>

namespace appnet::verify::rules {
namespace {

using Kind = flow::InterfaceClass::Kind;

// The policy's class of the names that are one class of the space.
flow::InterfaceClassId ClassIn(const flow::InterfaceClasses& policy, const flow::InterfaceClass& one) {
  const auto other = static_cast<flow::InterfaceClassId>(policy.size() - 1);
  if (one.kind == Kind::kOther) return other;
  if (one.kind == Kind::kExact) return policy.ClassOf(one.text);
  // Names that begin with the prefix and that no longer pattern of the space, hence of the policy, speaks of.
  flow::InterfaceClassId found = other;
  std::size_t longest = 0;
  for (flow::InterfaceClassId id = 0; id < other; ++id) {
    if (policy[id].kind != Kind::kPrefix || !one.text.starts_with(policy[id].text)) continue;
    if (policy[id].text.size() < longest) continue;
    longest = policy[id].text.size();
    found = id;
  }
  return found;
}

// The policy's diagram in the space, with the space's finer interface classes.
class Importer {
 public:
  Importer(const ir::Policy& policy, FlowSpace& space)
      : policy_(policy), space_(space), imported_(policy.diagram.node_total(), kNotYet) {
    const flow::InterfaceClasses& classes = space.interfaces();
    for (flow::InterfaceClassId id = 0; id < classes.size(); ++id)
      classes_.push_back(ClassIn(policy.interfaces, classes[id]));
  }

  NodeId Import(NodeId node) {
    if (imported_[node] != kNotYet) return imported_[node];
    const ir::Diagram& from = policy_.diagram;
    NodeId made = ir::kNowhere;
    if (from.IsLeaf(node)) {
      const Leaf leaf = from.LeafOf(node);
      made = space_.MakeLeaf(leaf == ir::kMiss ? kNothing
                                               : space_.LeafOf(policy_.labels[ir::LabelFor(leaf)].context));
    } else {
      const auto field = static_cast<Field>(from.FieldOf(node));
      std::vector<ir::Diagram::Edge> edges;
      if (field == Field::kInterface || field == Field::kOut) {
        for (std::size_t id = 0; id < classes_.size(); ++id)
          edges.push_back({id, Import(from.Child(node, classes_[id]))});
      } else {
        for (std::size_t i = 0; i < from.EdgeCount(node); ++i)
          edges.push_back({from.EdgeHigh(node, i), Import(from.EdgeChild(node, i))});
      }
      made = space_.diagram().MakeNode(field, edges);
    }
    imported_[node] = made;
    return made;
  }

 private:
  static constexpr NodeId kNotYet = ~NodeId{0};

  const ir::Policy& policy_;
  FlowSpace& space_;
  std::vector<flow::InterfaceClassId> classes_;  // by class of the space
  std::vector<NodeId> imported_;                 // by node of the policy's diagram
};

}  // namespace

PolicyFunctions::PolicyFunctions(const ir::Policy& policy, FlowSpace& space) : space_(space) {
  Importer importer(policy, space);
  for (std::size_t direction = 0; direction < own_.size(); ++direction) {
    own_[direction] = importer.Import(policy.roots[direction]);
    inherited_[direction] = importer.Import(policy.inherited[direction]);
  }
  const auto leaf = [&](ir::LabelId label) { return space.LeafOf(policy.labels[label].context); };
  unmatched_ = leaf(policy.unmatched);
  unmatched_forward_ = leaf(policy.unmatched_forward);
  transit_ = leaf(policy.transit);
}

NodeId PolicyFunctions::Answered(NodeId node) {
  if (const auto known = answered_.find(node); known != answered_.end()) return known->second;
  ir::Diagram& diagram = space_.diagram();
  const int field = diagram.FieldOf(node);
  NodeId made = node;
  if (field < static_cast<int>(Field::kFamily)) {
    std::vector<ir::Diagram::Edge> edges;
    for (std::size_t i = 0; i < diagram.EdgeCount(node); ++i)
      edges.push_back({diagram.EdgeHigh(node, i), Answered(diagram.EdgeChild(node, i))});
    made = diagram.MakeNode(static_cast<Field>(field), edges);
  } else {
    const auto of = [&](Family family) {
      const NodeId child =
          field == static_cast<int>(Field::kFamily) ? diagram.Child(node, ir::FamilyValue(family)) : node;
      return AnsweredOf(child, family);
    };
    made = space_.ByFamily(of(Family::kIpv4), of(Family::kIpv6));
  }
  answered_[node] = made;
  return made;
}

NodeId PolicyFunctions::AnsweredOf(NodeId node, Family family) {
  ir::Diagram& diagram = space_.diagram();
  if (diagram.IsLeaf(node) && diagram.LeafOf(node) == kNothing) return node;
  auto& memo = answered_of_[ir::FamilyValue(family)];
  if (const auto known = memo.find(node); known != memo.end()) return known->second;
  NodeId made = node;
  if (diagram.FieldOf(node) == static_cast<int>(Field::kPeer)) {
    std::vector<ir::Diagram::Edge> edges;
    for (std::size_t i = 0; i < diagram.EdgeCount(node); ++i)
      edges.push_back({diagram.EdgeHigh(node, i), AnsweredOf(diagram.EdgeChild(node, i), family)});
    made = diagram.MakeNode(Field::kPeer, edges);
  } else {
    made = AnsweredServices(node, family);
  }
  memo[node] = made;
  return made;
}

NodeId PolicyFunctions::AnsweredServices(NodeId node, Family family) {
  std::vector<ir::Diagram::Edge> edges;
  // The services from `low` to `high`, as those from `to` on.
  const auto slice = [&](Value low, Value high, Value to) {
    for (Value at = low; at <= high;) {
      const auto [child, reach] = space_.From(node, Field::kService, at, flow::kMaxService);
      const Value end = std::min(reach, high);
      edges.push_back({end - low + to, child});
      at = end + 1;
    }
  };
  const unsigned icmp = IcmpOf(family);
  const auto of_type = [&](unsigned type) { return flow::ServiceValue(icmp, 0) + (type << 8); };
  slice(0, of_type(0) - 1, 0);
  for (unsigned type = 0; type < 256; ++type) {
    if (const auto request = RequestOf(family, type)) {
      slice(of_type(*request), of_type(*request) + 0xff, of_type(type));
    } else {
      edges.push_back({of_type(type) + 0xff, space_.MakeLeaf(kNothing)});
    }
  }
  slice(of_type(256), flow::kMaxService, of_type(256));
  return space_.diagram().MakeNode(Field::kService, edges);
}

}  // namespace appnet::verify::rules
