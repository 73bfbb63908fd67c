#include "query/parts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ir/boxes.h"

namespace appnet::query {
namespace {

using flow::Direction;
using flow::Family;
using flow::Interval;
using flow::IntervalSet;
using ir::Field;

constexpr std::size_t kMostPieces = 20'000;

struct Block {
  Family family = Family::kIpv4;
  std::array<IntervalSet, ir::kFieldCount> sides;
};

// What tells blocks apart when one field is left out.
std::vector<flow::Value> KeyWithout(const Block& block, std::size_t field) {
  std::vector<flow::Value> key{static_cast<flow::Value>(block.family)};
  for (std::size_t i = 0; i < block.sides.size(); ++i) {
    if (i == field) continue;
    key.push_back(block.sides[i].size());
    for (const Interval& interval : block.sides[i]) {
      key.push_back(interval.low);
      key.push_back(interval.high);
    }
  }
  return key;
}

// Blocks that differ in one field alone become one. They stay disjoint.
void MergeAlong(std::vector<Block>& blocks, Field field) {
  const std::size_t index = ir::IndexOf(field);
  std::map<std::vector<flow::Value>, std::pair<std::size_t, std::vector<Interval>>> groups;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    auto& group = groups.try_emplace(KeyWithout(blocks[i], index), i, std::vector<Interval>()).first->second;
    group.second.insert(group.second.end(), blocks[i].sides[index].begin(), blocks[i].sides[index].end());
  }
  std::vector<std::pair<std::size_t, Block>> merged;  // by the place of the first
  for (auto& [key, group] : groups) {
    Block block = blocks[group.first];
    block.sides[index] = IntervalSet(std::move(group.second));
    merged.emplace_back(group.first, std::move(block));
  }
  std::ranges::sort(merged, {}, &std::pair<std::size_t, Block>::first);
  blocks.clear();
  for (auto& [place, block] : merged) blocks.push_back(std::move(block));
}

void Merge(std::vector<Block>& blocks) {
  for (const Field field :
       {Field::kSelf, Field::kService, Field::kPeer, Field::kOut, Field::kInterface, Field::kService})
    MergeAlong(blocks, field);
}

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

flow::Region RegionOf(const Block& block, bool forward) {
  const auto side = [&](Field field) { return block.sides[ir::IndexOf(field)]; };
  flow::Region region;
  region.interfaces = side(Field::kInterface);
  if (forward) region.out = side(Field::kOut);
  region.peer.of(block.family) = side(Field::kPeer);
  region.self.of(block.family) = side(Field::kSelf);
  region.services.of(block.family) = side(Field::kService);
  return region;
}

// One region of each family, joined where interfaces and services are the same.
std::vector<flow::Region> JoinFamilies(const std::vector<Block>& blocks, bool forward) {
  std::vector<flow::Region> regions;
  for (const Block& block : blocks) {
    const flow::Region region = RegionOf(block, forward);
    const auto partner = std::ranges::find_if(regions, [&](const flow::Region& other) {
      return block.family == Family::kIpv6 && other.services.v6.empty() &&
             other.services.v4 == region.services.v6 && other.interfaces == region.interfaces &&
             other.out == region.out;
    });
    if (partner == regions.end()) {
      regions.push_back(region);
      continue;
    }
    partner->services.v6 = region.services.v6;
    partner->peer.v6 = region.peer.v6;
    partner->self.v6 = region.self.v6;
  }
  return regions;
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
                                    Block block;
                                    block.family = box.family;
                                    for (std::size_t i = 0; i < box.sides.size(); ++i)
                                      block.sides[i] = IntervalSet({box.sides[i]});
                                    blocks[box.leaf].push_back(std::move(block));
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
