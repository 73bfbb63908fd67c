#pragma once
// Contract: reduced, ordered decision diagrams over the fields of the flow space, with interval edges and 32-bit leaves.
// Immutable and hash-consed: equal functions have equal NodeIds, so equality is an integer comparison. A node tests one
// field; a field that does not matter is skipped.
//
// Work is counted (edges written and edges visited by operations). Past the budget operations return kNowhere at once and
// exceeded() says so; results made after that are meaningless.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "flow/fields.h"

namespace appnet::ir {

using flow::Interval;
using flow::IntervalSet;
using flow::Value;

// In the order the diagram tests them.
enum class Field : std::uint8_t { kInterface, kOut, kFamily, kPeer, kService, kSelf };
inline constexpr int kFieldCount = 6;

using NodeId = std::uint32_t;
using Leaf = std::uint32_t;

struct Budget {
  std::size_t edges = 24'000'000;      // stored; 20 bytes each
  std::size_t steps = 400'000'000;     // visited
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
  // `edges` ascend and cover 0 .. the field's maximum; neighbours with one child are merged.
  NodeId MakeNode(Field field, std::span<const Edge> edges);

  // Edges of a node seen as a test of `field`: its own when it tests that field, else one edge over everything.
  std::size_t EdgeCount(NodeId node) const { return nodes_[node].edge_count; }
  Value EdgeHigh(NodeId node, std::size_t i) const { return highs_[nodes_[node].first_edge + i]; }
  NodeId EdgeChild(NodeId node, std::size_t i) const { return children_[nodes_[node].first_edge + i]; }
  NodeId Child(NodeId node, Value value) const;  // of the node's own field

  Leaf Evaluate(NodeId node, const std::array<Value, kFieldCount>& point) const;

  // Pointwise combination of two functions. `combine` must be a pure function of the two leaves; `operation` names it
  // for memoisation (one id, one function, for the life of the diagram).
  using Combine = std::function<Leaf(Leaf, Leaf)>;
  NodeId Apply(std::uint32_t operation, NodeId a, NodeId b, const Combine& combine);
  // Leaves replaced by others.
  NodeId Map(NodeId node, const std::function<Leaf(Leaf)>& replace);

  bool exceeded() const { return exceeded_; }
  std::size_t edge_total() const { return highs_.size(); }
  std::size_t node_total() const { return nodes_.size(); }

 private:
  struct Node {
    std::uint8_t field;
    std::uint32_t first_edge;  // the leaf's value for a leaf
    std::uint32_t edge_count;
  };
  bool Spend(std::size_t steps);

  Budget budget_;
  std::size_t steps_ = 0;
  bool exceeded_ = false;
  std::vector<Node> nodes_;
  std::vector<Value> highs_;
  std::vector<NodeId> children_;
  std::unordered_map<Leaf, NodeId> leaves_;
  std::vector<NodeId> unique_;  // open addressing over nodes_
  std::size_t unique_used_ = 0;
  std::unordered_map<std::uint64_t, NodeId> computed_[4];
  std::vector<std::uint64_t> hashes_;
};

}  // namespace appnet::ir
