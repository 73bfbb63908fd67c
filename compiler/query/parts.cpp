#include "query/parts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ir/boxes.h"
#include "query/blocks.h"

namespace appnet::query {
namespace {

using flow::Direction;
using flow::Interval;
using flow::IntervalSet;
using ir::Field;

// The services of each label that flows may have which no rule matches.
std::map<ir::LabelId, IntervalSet> UnmatchedServices(const ir::Policy& policy, Direction direction) {
  const ir::LabelId unmatched =
      direction == Direction::kForward ? policy.unmatched_forward : policy.unmatched;
  const ir::NodeId inherited = policy.inherited[static_cast<std::size_t>(direction)];
  std::map<ir::LabelId, std::vector<Interval>> intervals;
  const auto add = [&](ir::Leaf leaf, const Interval& interval) {
    intervals[leaf == ir::kMiss ? unmatched : ir::LabelFor(leaf)].push_back(interval);
  };
  if (policy.diagram.IsLeaf(inherited)) add(policy.diagram.LeafOf(inherited), {0, flow::kMaxService});
  flow::Value low = 0;
  for (std::size_t i = 0; i < policy.diagram.EdgeCount(inherited); ++i) {
    const flow::Value high = policy.diagram.EdgeHigh(inherited, i);
    add(policy.diagram.LeafOf(policy.diagram.EdgeChild(inherited, i)), {low, high});
    low = high + 1;
  }
  std::map<ir::LabelId, IntervalSet> services;
  for (auto& [label, of_label] : intervals) services.emplace(label, IntervalSet(std::move(of_label)));
  return services;
}

}  // namespace

std::map<ir::LabelId, Part> PartsOf(const ir::Policy& policy, Direction direction,
                                    const flow::Region& region) {
  const auto d = static_cast<std::size_t>(direction);
  const bool forward = direction == Direction::kForward;
  std::map<ir::Leaf, std::vector<Block>> blocks;
  std::size_t pieces = 0;
  const bool all = ir::ForEachBox(policy.diagram, policy.roots[d], {direction, policy.interfaces.size()},
                                  region, [&](const ir::Box& box) {
                                    blocks[box.leaf].push_back(BlockOf(box));
                                    return ++pieces < kMostPieces;
                                  });
  for (auto& [leaf, of_leaf] : blocks) Merge(of_leaf);
  std::map<ir::LabelId, std::vector<Block>> by_label;
  for (auto& [leaf, of_leaf] : blocks) {
    if (leaf != ir::kMiss) {
      by_label[ir::LabelFor(leaf)] = std::move(of_leaf);
      continue;
    }
    // What no rule matches is told apart by the service alone.
    for (const auto& [label, services] : UnmatchedServices(policy, direction)) {
      for (const Block& block : of_leaf) {
        Block part = block;
        IntervalSet& side = part.sides[ir::IndexOf(Field::kService)];
        side = side.Intersect(services);
        if (!side.empty()) by_label[label].push_back(std::move(part));
      }
    }
  }
  std::map<ir::LabelId, Part> parts;
  for (auto& [label, of_label] : by_label) {
    Merge(of_label);
    parts[label] = {JoinFamilies(of_label, forward), all};
  }
  return parts;
}

}  // namespace appnet::query
