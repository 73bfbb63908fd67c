#include "query/blocks.h"

#include <algorithm>
#include <map>
#include <utility>

namespace appnet::query {
namespace {

using flow::Family;
using flow::Interval;
using flow::IntervalSet;
using ir::Field;

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

}  // namespace

Block BlockOf(const ir::Box& box) {
  Block block;
  block.family = box.family;
  for (std::size_t i = 0; i < box.sides.size(); ++i) block.sides[i] = IntervalSet({box.sides[i]});
  return block;
}

void Merge(std::vector<Block>& blocks) {
  for (const Field field :
       {Field::kSelf, Field::kService, Field::kPeer, Field::kOut, Field::kInterface, Field::kService})
    MergeAlong(blocks, field);
}

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

bool Intersect(const flow::Region& a, const flow::Region& b) {
  if (!a.interfaces.Intersects(b.interfaces)) return false;
  if (!a.out.empty() && !a.out.Intersects(b.out)) return false;
  return std::ranges::any_of(flow::kFamilies, [&](flow::Family family) {
    return a.services.of(family).Intersects(b.services.of(family)) &&
           a.peer.of(family).Intersects(b.peer.of(family)) && a.self.of(family).Intersects(b.self.of(family));
  });
}

}  // namespace appnet::query
