#pragma once
// Contract: sets of numbers as leaves of a diagram. Each set is stored once, as sorted distinct elements;
// equal sets have equal ids, and 0 is the empty set. Unions of diagrams with such leaves go through UnionOf,
// which keeps to the diagram's budget. For one diagram, and to be used with that one only.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "ir/diagram.h"

namespace appnet::ir {

using SetElement = std::uint32_t;
using LeafSetId = Leaf;
inline constexpr LeafSetId kEmptySet = 0;

class LeafSets {
 public:
  explicit LeafSets(Diagram& diagram);

  // `elements` ascend strictly.
  LeafSetId Intern(std::span<const SetElement> elements);
  LeafSetId Union(LeafSetId a, LeafSetId b);
  std::span<const SetElement> Elements(LeafSetId id) const {
    return std::span(elements_).subspan(starts_[id], starts_[id + 1] - starts_[id]);
  }
  std::size_t size() const { return starts_.size() - 1; }  // sets, the empty one included
  std::size_t element_total() const { return elements_.size(); }
  const Operation& union_operation() const { return union_operation_; }

 private:
  void Grow();

  Operation union_operation_;
  std::vector<SetElement> elements_;
  std::vector<std::size_t> starts_{0, 0};
  std::vector<std::uint32_t> hashes_{0};
  std::vector<LeafSetId> slots_;  // open addressing; kEmptySet is a free slot
  std::vector<SetElement> merged_;
};

// Pointwise union.
NodeId UnionOf(Diagram& diagram, LeafSets& sets, NodeId a, NodeId b);

}  // namespace appnet::ir
