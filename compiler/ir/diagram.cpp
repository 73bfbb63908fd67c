#include "ir/diagram.h"

#include <algorithm>

#include "base/check.h"

namespace appnet::ir {
namespace {

constexpr NodeId kNoNode = ~NodeId{0};
constexpr std::size_t kFirstUniqueSize = 1U << 10;

std::uint64_t Mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15U;
  return hash ^ hash >> 29;
}

std::uint32_t HashOf(int field, std::span<const Diagram::Edge> edges) {
  std::uint64_t hash = static_cast<std::uint64_t>(field) + 1;
  for (const Diagram::Edge& edge : edges) {
    const auto upper = static_cast<std::uint64_t>(edge.high >> 64);
    hash = Mix(hash + (upper << 32 | edge.child), static_cast<std::uint64_t>(edge.high) ^ upper >> 32);
  }
  return static_cast<std::uint32_t>(hash ^ hash >> 32);
}

}  // namespace

Diagram::Diagram(Budget budget) : budget_(budget) {
  // ids and edge indexes have 32 bits
  budget_.edges = std::min<std::size_t>(budget_.edges, 0xfffffff0U);
  budget_.steps = std::min<std::size_t>(budget_.steps, std::size_t{1} << 62);
  unique_.assign(kFirstUniqueSize, {0, kNoNode});
  MakeLeaf(0);
}

NodeId Diagram::MakeLeaf(Leaf leaf) {
  const auto [place, is_new] = leaves_.try_emplace(leaf, static_cast<NodeId>(nodes_.size()));
  if (is_new) nodes_.push_back({kFieldCount, leaf, 0, kNarrow});
  return place->second;
}

NodeId Diagram::MakeNode(Field field, std::span<const Edge> edges) {
  if (!Spend(edges.size())) return kNowhere;
  APPNET_CHECK(!edges.empty(), "a node without edges");
  const std::size_t begin = scratch_.size();
  for (std::size_t i = 0; i < edges.size(); ++i) {
    APPNET_CHECK(i == 0 || edges[i - 1].high < edges[i].high, "edges out of order");
    APPNET_CHECK(FieldOf(edges[i].child) > static_cast<int>(field), "a child that tests an earlier field");
    Put(begin, edges[i].high, edges[i].child);
  }
  return Close(static_cast<int>(field), begin);
}

NodeId Diagram::FromIntervals(Field field, Value maximum, const IntervalSet& set, NodeId inside,
                              NodeId outside) {
  if (!Spend(set.size() + 1)) return kNowhere;
  const std::size_t begin = scratch_.size();
  Value next = 0;  // the first value not yet covered
  for (const Interval& interval : set) {
    APPNET_CHECK(interval.high <= maximum, "an interval beyond its field");
    if (interval.low > next) Put(begin, interval.low - 1, outside);
    Put(begin, interval.high, inside);
    next = interval.high + 1;  // may wrap at the top of the space: then nothing follows
  }
  if (set.empty() || set.intervals().back().high != maximum) Put(begin, maximum, outside);
  return Close(static_cast<int>(field), begin);
}

NodeId Diagram::Close(int field, std::size_t begin) {
  const std::span<const Edge> edges(scratch_.data() + begin, scratch_.size() - begin);
  if (edges.size() == 1) {
    const NodeId only = edges[0].child;
    scratch_.resize(begin);
    return only;
  }
  const std::uint32_t hash = HashOf(field, edges);
  const std::size_t mask = unique_.size() - 1;
  std::size_t slot = hash & mask;
  for (; unique_[slot].node != kNoNode; slot = (slot + 1) & mask) {
    if (unique_[slot].hash != hash) continue;
    const Node& other = nodes_[unique_[slot].node];
    if (other.field == field && HasEdges(other, edges)) {
      scratch_.resize(begin);
      return unique_[slot].node;
    }
  }
  if (children_.size() + edges.size() > budget_.edges) {
    exceeded_ = true;
    return Abandon(begin);
  }
  const auto id = static_cast<NodeId>(nodes_.size());
  const bool narrow = edges.back().high <= ~std::uint32_t{0};  // the bounds ascend
  nodes_.push_back({static_cast<std::uint8_t>(field), static_cast<std::uint32_t>(children_.size()),
                    static_cast<std::uint32_t>(edges.size()),
                    narrow ? kNarrow : static_cast<std::uint32_t>(wide_highs_.size())});
  for (const Edge& edge : edges) {
    highs_.push_back(static_cast<std::uint32_t>(edge.high));
    children_.push_back(edge.child);
    if (!narrow) wide_highs_.push_back(edge.high);
  }
  unique_[slot] = {hash, id};
  scratch_.resize(begin);
  if (++unique_used_ * 2 > unique_.size()) GrowUnique();
  return id;
}

bool Diagram::HasEdges(const Node& node, std::span<const Edge> edges) const {
  if (node.edge_count != edges.size()) return false;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (children_[node.first_edge + i] != edges[i].child || HighOf(node, i) != edges[i].high) return false;
  }
  return true;
}

NodeId Diagram::Abandon(std::size_t begin) {
  scratch_.resize(begin);
  return kNowhere;
}

void Diagram::GrowUnique() {
  const std::vector<UniqueSlot> old = std::move(unique_);
  unique_.assign(old.size() * 4, {0, kNoNode});
  const std::size_t mask = unique_.size() - 1;
  for (const UniqueSlot& entry : old) {
    if (entry.node == kNoNode) continue;
    std::size_t slot = entry.hash & mask;
    while (unique_[slot].node != kNoNode) slot = (slot + 1) & mask;
    unique_[slot] = entry;
  }
}

Memo& Diagram::ResultsOf(std::uint32_t operation) {
  for (Computed& computed : computed_) {
    if (computed.operation == operation) return computed.results;
  }
  return computed_.emplace_back(Computed{operation, Memo()}).results;
}

std::size_t Diagram::EdgeAt(NodeId node, Value value) const {
  const Node& tested = nodes_[node];
  const auto edge_in = [&](const auto& highs, std::size_t begin, auto wanted) {
    const auto first = highs.begin() + static_cast<std::ptrdiff_t>(begin);
    return static_cast<std::size_t>(std::lower_bound(first, first + tested.edge_count, wanted) - first);
  };
  std::size_t edge = tested.edge_count;
  if (tested.first_wide != kNarrow) {
    edge = edge_in(wide_highs_, tested.first_wide, value);
  } else if (value <= ~std::uint32_t{0}) {
    edge = edge_in(highs_, tested.first_edge, static_cast<std::uint32_t>(value));
  }
  APPNET_CHECK(edge != tested.edge_count, "a value beyond its field");
  return edge;
}

Leaf Diagram::Evaluate(NodeId node, const Point& point) const {
  while (!IsLeaf(node)) node = Child(node, point[nodes_[node].field]);
  return LeafOf(node);
}

template <class Replace>
NodeId Diagram::Rebuild(NodeId node, std::vector<NodeId>& memo, const Replace& replace) {
  if (memo[node] != kNoNode) return memo[node];
  NodeId result = kNowhere;
  if (const std::optional<NodeId> direct = replace(node)) {
    result = *direct;
  } else {
    const Node old = nodes_[node];
    if (!Spend(old.edge_count)) return kNowhere;
    const std::size_t begin = scratch_.size();
    for (std::uint32_t i = 0; i != old.edge_count && !exceeded_; ++i) {
      const NodeId child = Rebuild(children_[old.first_edge + i], memo, replace);
      Put(begin, HighOf(old, i), child);
    }
    if (exceeded_) return Abandon(begin);
    result = Close(old.field, begin);
  }
  memo[node] = result;
  return result;
}

NodeId Diagram::Map(NodeId node, const std::function<Leaf(Leaf)>& replace) {
  if (exceeded_) return kNowhere;
  std::vector<NodeId> memo(nodes_.size(), kNoNode);
  return Rebuild(node, memo, [&](NodeId id) -> std::optional<NodeId> {
    if (!IsLeaf(id)) return std::nullopt;
    return MakeLeaf(replace(LeafOf(id)));
  });
}

NodeId Diagram::Restrict(NodeId node, Field field, Value value) {
  if (exceeded_) return kNowhere;
  std::vector<NodeId> memo(nodes_.size(), kNoNode);
  return Rebuild(node, memo, [&](NodeId id) -> std::optional<NodeId> {
    if (FieldOf(id) > static_cast<int>(field)) return id;
    if (FieldOf(id) == static_cast<int>(field)) return Child(id, value);
    return std::nullopt;
  });
}

}  // namespace appnet::ir
