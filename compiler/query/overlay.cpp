#include "query/overlay.h"

#include <string>
#include <unordered_map>
#include <utility>

namespace appnet::query {
namespace {

using flow::InterfaceClass;
using flow::InterfaceClasses;
using flow::InterfaceClassId;
using ir::Diagram;
using ir::Field;
using ir::Leaf;
using ir::NodeId;

void AddPatterns(const InterfaceClasses& classes, std::vector<std::string>& patterns) {
  for (InterfaceClassId id = 0; id < classes.size(); ++id) {
    if (classes[id].kind != InterfaceClass::Kind::kOther) patterns.push_back(classes.NameOf(id));
  }
}

InterfaceClasses OfBoth(const ir::Policy& a, const ir::Policy& b) {
  std::vector<std::string> patterns;
  AddPatterns(a.interfaces, patterns);
  AddPatterns(b.interfaces, patterns);
  return InterfaceClasses(patterns);
}

// The class of `classes` that `one` of a finer division lies in.
InterfaceClassId ClassAround(const InterfaceClass& one, const InterfaceClasses& classes) {
  if (one.kind == InterfaceClass::Kind::kExact) return classes.ClassOf(one.text);
  auto around = static_cast<InterfaceClassId>(classes.size() - 1);
  std::size_t longest = 0;
  for (InterfaceClassId id = 0; id < classes.size(); ++id) {
    const InterfaceClass& other = classes[id];
    if (other.kind != InterfaceClass::Kind::kPrefix || other.text.size() <= longest) continue;
    if (!one.text.starts_with(other.text)) continue;
    around = id;
    longest = other.text.size();
  }
  return around;
}

// A function of another diagram, with its interface classes replaced by finer ones.
class Copying {
 public:
  Copying(const Diagram& from, Diagram& to, const std::vector<InterfaceClassId>& class_of, bool forward)
      : from_(from), to_(to), class_of_(class_of), forward_(forward) {}

  NodeId Copy(NodeId node) {
    if (from_.IsLeaf(node)) return to_.MakeLeaf(from_.LeafOf(node));
    if (const auto done = done_.find(node); done != done_.end()) return done->second;
    const auto field = static_cast<Field>(from_.FieldOf(node));
    std::vector<Diagram::Edge> edges;
    if (field == Field::kInterface || (field == Field::kOut && forward_)) {
      for (std::size_t id = 0; id < class_of_.size(); ++id)
        edges.push_back({id, Copy(from_.Child(node, class_of_[id]))});
    } else {
      for (std::size_t i = 0; i < from_.EdgeCount(node); ++i)
        edges.push_back({from_.EdgeHigh(node, i), Copy(from_.EdgeChild(node, i))});
    }
    const NodeId copy = to_.MakeNode(field, edges);
    done_.emplace(node, copy);
    return copy;
  }

 private:
  const Diagram& from_;
  Diagram& to_;
  const std::vector<InterfaceClassId>& class_of_;
  bool forward_;
  std::unordered_map<NodeId, NodeId> done_;
};

}  // namespace

Overlay::Overlay(const ir::Policy& before, const ir::Policy& after)
    : policies_{&before, &after}, interfaces_(OfBoth(before, after)) {
  for (std::size_t side = 0; side < policies_.size(); ++side) {
    for (InterfaceClassId id = 0; id < interfaces_.size(); ++id)
      class_of_[side].push_back(ClassAround(interfaces_[id], policies_[side]->interfaces));
  }
}

// Leaves are labels + 1, everywhere: the three steps of ir::Policy are done.
NodeId Overlay::LabelsOf(std::size_t side, flow::Direction direction) {
  const ir::Policy& policy = *policies_[side];
  const auto d = static_cast<std::size_t>(direction);
  const bool forward = direction == flow::Direction::kForward;
  Copying copying(policy.diagram, diagram_, class_of_[side], forward);
  const ir::Operation under{
      .id = diagram_.FreshOperation(), .identity = ir::kMiss, .idempotent = true, .commutative = false};
  const NodeId found =
      diagram_.Apply(under, copying.Copy(policy.roots[d]), copying.Copy(policy.inherited[d]),
                     [](Leaf rule, Leaf inherited) { return rule != ir::kMiss ? rule : inherited; });
  const ir::LabelId unmatched = forward ? policy.unmatched_forward : policy.unmatched;
  return diagram_.Map(found, [&](Leaf leaf) { return leaf == ir::kMiss ? ir::LeafFor(unmatched) : leaf; });
}

Overlay::Differences Overlay::Compare(flow::Direction direction,
                                      const std::function<bool(const LabelPair&)>& same) {
  Differences differences;
  const NodeId before = LabelsOf(0, direction);
  const NodeId after = LabelsOf(1, direction);
  if (diagram_.exceeded()) return differences;
  std::unordered_map<std::uint64_t, Leaf> leaves;
  const ir::Operation compare{.id = diagram_.FreshOperation()};
  differences.root = diagram_.Apply(compare, before, after, [&](Leaf a, Leaf b) {
    // Past the budget a leaf may be one that no label has.
    if (a == ir::kMiss || b == ir::kMiss) return ir::kMiss;
    const auto [known, fresh] = leaves.try_emplace(std::uint64_t{a} << 32 | b, ir::kMiss);
    if (!fresh) return known->second;
    const LabelPair pair{ir::LabelFor(a), ir::LabelFor(b)};
    if (same(pair)) return ir::kMiss;
    differences.pairs.push_back(pair);
    return known->second = static_cast<Leaf>(differences.pairs.size());
  });
  return differences;
}

}  // namespace appnet::query
