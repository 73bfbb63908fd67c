#pragma once
// Contract: reduced, ordered decision diagrams over the fields of the flow space, with interval edges and
// 32-bit leaves. Immutable and hash-consed: equal functions have equal NodeIds, so equality is an integer
// comparison. A node tests one field; a field that does not matter is skipped.
//
// Work is counted (edges written and edges visited by operations). Past the budget operations return kNowhere
// at once and exceeded() says so; results made after that are meaningless, but may be read.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "ir/memo.h"
#include "ir/space.h"

namespace appnet::ir {

using NodeId = std::uint32_t;
using Leaf = std::uint32_t;
inline constexpr NodeId kNowhere = 0;  // the leaf 0, which every diagram has

struct Budget {
  std::size_t edges = 24'000'000;         // stored; 8 bytes each, 24 where a bound needs more than 32 bits
  std::size_t steps = 400'000'000;        // visited
  std::size_t set_elements = 50'000'000;  // stored in LeafSets; 4 bytes each
};

// What Apply may know of a combination of leaves. One id, one function, for the life of the diagram.
struct Operation {
  std::uint32_t id = 0;
  std::optional<Leaf> identity = std::nullopt;  // combine(identity, x) = combine(x, identity) = x
  bool idempotent = false;                      // combine(x, x) = x
  bool commutative = false;                     // combine(x, y) = combine(y, x)
};

class Diagram {
 public:
  explicit Diagram(Budget budget = {});

  NodeId MakeLeaf(Leaf leaf);
  bool IsLeaf(NodeId node) const { return nodes_[node].field == kFieldCount; }
  Leaf LeafOf(NodeId node) const { return nodes_[node].first_edge; }
  int FieldOf(NodeId node) const { return nodes_[node].field; }  // kFieldCount for a leaf

  struct Edge {
    Value high;  // the interval's upper bound; the lower one is the previous edge's high + 1, or 0
    NodeId child;
  };
  // `edges` ascend and cover 0 .. the field's maximum; children test later fields. Neighbours with one child
  // are merged.
  NodeId MakeNode(Field field, std::span<const Edge> edges);
  // `inside` where the field is in the set, else `outside`; `maximum` is the field's greatest value.
  NodeId FromIntervals(Field field, Value maximum, const IntervalSet& set, NodeId inside, NodeId outside);

  // Edges of a node; a leaf has none.
  std::size_t EdgeCount(NodeId node) const { return nodes_[node].edge_count; }
  Value EdgeHigh(NodeId node, std::size_t i) const { return HighOf(nodes_[node], i); }
  NodeId EdgeChild(NodeId node, std::size_t i) const { return children_[nodes_[node].first_edge + i]; }
  std::size_t EdgeAt(NodeId node, Value value) const;  // of the node's own field: the edge that holds it
  NodeId Child(NodeId node, Value value) const { return EdgeChild(node, EdgeAt(node, value)); }

  Leaf Evaluate(NodeId node, const Point& point) const;

  // Pointwise combination of two functions. `combine(Leaf, Leaf)` is a pure function of the two leaves,
  // called once for each pair that is not remembered.
  template <class Combine>
  NodeId Apply(const Operation& operation, NodeId a, NodeId b, Combine&& combine);
  template <class Combine>
  NodeId Apply(std::uint32_t operation, NodeId a, NodeId b, Combine&& combine) {
    return Apply(Operation{.id = operation}, a, b, combine);
  }
  // An operation id that nobody else has; ids below kFirstFreshOperation are free for the callers' own
  // numbering.
  static constexpr std::uint32_t kFirstFreshOperation = 1U << 16;
  std::uint32_t FreshOperation() { return kFirstFreshOperation + fresh_operations_++; }

  // Leaves replaced by others.
  NodeId Map(NodeId node, const std::function<Leaf(Leaf)>& replace);
  // The function with one field held at a value; the result does not test that field.
  NodeId Restrict(NodeId node, Field field, Value value);

  // Counts work done by others on this diagram's behalf; false when the budget is spent.
  bool Spend(std::size_t steps) {
    steps_ += steps;
    if (steps_ > budget_.steps) exceeded_ = true;
    return !exceeded_;
  }
  void GiveUp() { exceeded_ = true; }
  bool exceeded() const { return exceeded_; }
  const Budget& budget() const { return budget_; }
  std::size_t step_total() const { return steps_; }
  std::size_t edge_total() const { return children_.size(); }
  std::size_t node_total() const { return nodes_.size(); }

 private:
  struct Node {
    std::uint8_t field;
    std::uint32_t first_edge;  // the leaf's value for a leaf
    std::uint32_t edge_count;
    std::uint32_t first_wide;  // kNarrow: all bounds have 32 bits
  };
  static constexpr std::uint32_t kNarrow = ~std::uint32_t{0};
  struct UniqueSlot {
    std::uint32_t hash;
    NodeId node;
  };
  struct Computed {
    std::uint32_t operation;
    Memo results;
  };
  // What stays the same down one Apply.
  struct Run {
    Memo& results;
    std::optional<NodeId> identity;
    bool idempotent;
    bool commutative;
  };

  template <class Combine>
  NodeId Step(Run& run, NodeId a, NodeId b, Combine& combine);
  template <class Combine>
  NodeId StepBelow(Run& run, NodeId a, NodeId b, Combine& combine);

  // A node in the making: its edges stand at the end of scratch_ from `begin` on. `child` must be computed
  // before Put.
  void Put(std::size_t begin, Value high, NodeId child) {
    if (scratch_.size() > begin && scratch_.back().child == child) {
      scratch_.back().high = high;
    } else {
      scratch_.push_back({high, child});
    }
  }
  Value HighOf(const Node& node, std::size_t i) const {
    return node.first_wide == kNarrow ? Value{highs_[node.first_edge + i]} : wide_highs_[node.first_wide + i];
  }
  bool HasEdges(const Node& node, std::span<const Edge> edges) const;
  NodeId Close(int field, std::size_t begin);
  NodeId Abandon(std::size_t begin);
  void GrowUnique();
  Memo& ResultsOf(std::uint32_t operation);
  // Rebuilds what is above the nodes that `replace` gives an answer for; `memo` by node, kUnknown where not
  // yet known.
  template <class Replace>
  NodeId Rebuild(NodeId node, std::vector<NodeId>& memo, const Replace& replace);

  Budget budget_;
  std::size_t steps_ = 0;
  bool exceeded_ = false;
  std::uint32_t fresh_operations_ = 0;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> highs_;  // by edge; of wide nodes the lower bits
  std::vector<Value> wide_highs_;     // of wide nodes: IPv6 addresses
  std::vector<NodeId> children_;      // by edge
  std::unordered_map<Leaf, NodeId> leaves_;
  std::vector<UniqueSlot> unique_;  // open addressing over nodes_
  std::size_t unique_used_ = 0;
  std::deque<Computed> computed_;  // few operations; a deque keeps references
  std::vector<Edge> scratch_;
};

}  // namespace appnet::ir

#include "ir/diagram_apply.h"
