#pragma once
// Contract: the body of Diagram::Apply, a template so that combining leaves costs no indirect call. Only
// diagram.h includes it.

#include <algorithm>
#include <utility>

#include "ir/diagram.h"

namespace appnet::ir {

template <class Combine>
NodeId Diagram::Apply(const Operation& operation, NodeId a, NodeId b, Combine&& combine) {
  if (exceeded_) return kNowhere;
  Run run{ResultsOf(operation.id), std::nullopt, operation.idempotent, operation.commutative};
  if (operation.identity) run.identity = MakeLeaf(*operation.identity);
  const NodeId result = Step(run, a, b, combine);
  return exceeded_ ? kNowhere : result;
}

template <class Combine>
inline NodeId Diagram::Step(Run& run, NodeId a, NodeId b, Combine& combine) {
  if (run.idempotent && a == b) return a;
  if (run.identity) {
    if (a == *run.identity) return b;
    if (b == *run.identity) return a;
  }
  if (run.commutative && a > b) std::swap(a, b);
  if (const NodeId known = run.results.Find(a, b); known != Memo::kUnknown) return known;
  return StepBelow(run, a, b, combine);
}

template <class Combine>
NodeId Diagram::StepBelow(Run& run, NodeId a, NodeId b, Combine& combine) {
  const Node node_a = nodes_[a];  // copies: the tables grow below
  const Node node_b = nodes_[b];
  NodeId result = kNowhere;
  if (node_a.field == kFieldCount && node_b.field == kFieldCount) {
    result = MakeLeaf(combine(node_a.first_edge, node_b.first_edge));
    if (!Spend(1)) return kNowhere;
  } else {
    if (!Spend(node_a.edge_count + node_b.edge_count)) return kNowhere;
    const int field = std::min(node_a.field, node_b.field);
    const std::size_t begin = scratch_.size();
    std::uint32_t i = 0;
    std::uint32_t j = 0;
    if (node_a.field != field) {
      for (; j != node_b.edge_count && !exceeded_; ++j) {
        const NodeId child = Step(run, a, children_[node_b.first_edge + j], combine);
        Put(begin, HighOf(node_b, j), child);
      }
    } else if (node_b.field != field) {
      for (; i != node_a.edge_count && !exceeded_; ++i) {
        const NodeId child = Step(run, children_[node_a.first_edge + i], b, combine);
        Put(begin, HighOf(node_a, i), child);
      }
    } else {
      while (i != node_a.edge_count && !exceeded_) {
        const NodeId child =
            Step(run, children_[node_a.first_edge + i], children_[node_b.first_edge + j], combine);
        const Value high_a = HighOf(node_a, i);
        const Value high_b = HighOf(node_b, j);
        Put(begin, std::min(high_a, high_b), child);
        i += high_a <= high_b;
        j += high_b <= high_a;
      }
    }
    if (exceeded_) return Abandon(begin);
    result = Close(field, begin);
  }
  if (!exceeded_) run.results.Insert(a, b, result);
  return result;
}

}  // namespace appnet::ir
