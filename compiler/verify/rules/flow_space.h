#pragma once
// Contract: functions from packets to labels in one diagram, so that equal functions are equal ids. Fields
// are those of ir::Space; what kService holds depends on how the packet is read (lookups.h). A leaf is
// kNothing (no label is set), a label, or kGarbage: the result depends on bytes that are no field of a flow.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ir/diagram.h"
#include "ir/policy.h"

namespace appnet::verify::rules {

using base::Family;
using base::Interval;
using base::IntervalSet;
using base::Value;
using ir::Field;
using ir::Leaf;
using ir::NodeId;

inline constexpr Leaf kNothing = ir::kMiss;
inline constexpr Leaf kGarbage = 0xffffffff;
// Leaves of conditions.
inline constexpr Leaf kYes = 0xfffffffe;
inline constexpr Leaf kNo = 0xfffffffd;

class FlowSpace {
 public:
  explicit FlowSpace(flow::InterfaceClasses interfaces);

  ir::Diagram& diagram() { return diagram_; }
  const flow::InterfaceClasses& interfaces() const { return interfaces_; }
  Value MaximumOf(Field field, Family family) const;

  // A label by its context; equal contexts are equal leaves.
  Leaf LeafOf(std::string_view context);
  const std::string& ContextOf(Leaf leaf) const { return contexts_[leaf - 1]; }

  NodeId MakeLeaf(Leaf leaf) { return diagram_.MakeLeaf(leaf); }
  // `over` where it sets a label, else `under`.
  NodeId Over(NodeId over, NodeId under);
  // `yes` where `condition` is kYes, `no` where it is kNo, kGarbage where it is garbage.
  NodeId If(NodeId condition, NodeId yes, NodeId no);
  // The part of a function of one family.
  NodeId OfFamily(NodeId node, Family family);
  // `v4` for packets of one family, `v6` for those of the other.
  NodeId ByFamily(NodeId v4, NodeId v6);

  // The function that a node is from a value of the field on, and the last value for which it is that one.
  std::pair<NodeId, Value> From(NodeId node, Field field, Value value, Value maximum) const;

  // A point of two different functions where they differ, with the fields that matter for it.
  struct Difference {
    ir::Point point{};
    std::array<bool, ir::kFieldCount> tested{};
    Leaf left = kNothing;
    Leaf right = kNothing;
  };
  Difference FirstDifference(NodeId left, NodeId right) const;

 private:
  flow::InterfaceClasses interfaces_;
  ir::Diagram diagram_;
  ir::Operation over_;
  ir::Operation guard_;
  ir::Operation fill_;
  std::vector<std::string> contexts_;
  std::unordered_map<std::string, Leaf> leaves_;
};

}  // namespace appnet::verify::rules
