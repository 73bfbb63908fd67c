#include "lower/lookup_size.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace appnet::lower {
namespace {

using ir::Diagram;
using ir::Field;
using ir::NodeId;

class Count {
 public:
  Count(const Diagram& diagram, std::size_t limit) : diagram_(diagram), limit_(limit) {}

  std::size_t total() const { return total_; }

  // What stands above the peers is dispatched on; each function below counts once.
  void AddRoot(NodeId root) {
    std::vector<NodeId> open{root};
    while (!open.empty() && total_ <= limit_) {
      const NodeId node = open.back();
      open.pop_back();
      if (!seen_.insert(node).second) continue;
      if (diagram_.FieldOf(node) >= static_cast<int>(Field::kPeer)) {
        AddPeers(node);
        continue;
      }
      for (std::size_t i = 0; i < diagram_.EdgeCount(node); ++i) open.push_back(diagram_.EdgeChild(node, i));
    }
  }

 private:
  void AddPeers(NodeId node) {
    if (diagram_.FieldOf(node) != static_cast<int>(Field::kPeer)) {
      total_ += SizeOf(node);
      return;
    }
    const NodeId usual = Widest(node);
    total_ += SizeOf(usual);
    std::unordered_map<NodeId, std::size_t> differences;
    for (std::size_t i = 0; i < diagram_.EdgeCount(node) && total_ <= limit_; ++i) {
      const NodeId child = diagram_.EdgeChild(node, i);
      if (child == usual) continue;
      const auto [known, added] = differences.try_emplace(child);
      if (added) known->second = Difference(child, usual);
      total_ += known->second;
    }
  }

  NodeId Widest(NodeId node) const {
    std::unordered_map<NodeId, flow::Value> spans;
    NodeId widest = diagram_.EdgeChild(node, 0);
    flow::Value low = 0;
    for (std::size_t i = 0; i < diagram_.EdgeCount(node); ++i) {
      const flow::Value high = diagram_.EdgeHigh(node, i);
      flow::Value& span = spans[diagram_.EdgeChild(node, i)];
      span += high - low;
      if (span > spans[widest]) widest = diagram_.EdgeChild(node, i);
      low = high + 1;
    }
    return widest;
  }

  // Of a function of service and own address.
  std::size_t SizeOf(NodeId node) const {
    if (diagram_.FieldOf(node) != static_cast<int>(Field::kService)) return SelfSize(node);
    std::size_t size = 0;
    for (std::size_t i = 0; i < diagram_.EdgeCount(node); ++i) size += SelfSize(diagram_.EdgeChild(node, i));
    return size;
  }

  std::size_t SelfSize(NodeId node) const { return diagram_.IsLeaf(node) ? 1 : diagram_.EdgeCount(node); }

  // Where the function differs from the usual one, service by service.
  std::size_t Difference(NodeId node, NodeId usual) const {
    const auto runs = [&](NodeId function) {
      return diagram_.FieldOf(function) == static_cast<int>(Field::kService) ? diagram_.EdgeCount(function)
                                                                             : 1;
    };
    const auto child = [&](NodeId function, std::size_t i) {
      return diagram_.FieldOf(function) == static_cast<int>(Field::kService) ? diagram_.EdgeChild(function, i)
                                                                             : function;
    };
    const auto high = [&](NodeId function, std::size_t i) {
      return diagram_.FieldOf(function) == static_cast<int>(Field::kService) ? diagram_.EdgeHigh(function, i)
                                                                             : flow::kMaxService;
    };
    std::size_t size = 0;
    for (std::size_t i = 0, j = 0; i < runs(node) && j < runs(usual);) {
      const NodeId here = child(node, i);
      if (here != child(usual, j)) size += SelfSize(here);
      const flow::Value a = high(node, i);
      const flow::Value b = high(usual, j);
      if (a <= b) ++i;
      if (b <= a) ++j;
    }
    return size;
  }

  const Diagram& diagram_;
  std::size_t limit_;
  std::size_t total_ = 0;
  std::unordered_set<NodeId> seen_;
};

}  // namespace

std::size_t LookupSize(const ir::Policy& policy, std::size_t limit) {
  Count count(policy.diagram, limit);
  for (const NodeId root : policy.roots) count.AddRoot(root);
  return count.total();
}

}  // namespace appnet::lower
