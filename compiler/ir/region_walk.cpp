#include "ir/region_walk.h"

#include <algorithm>

namespace appnet::ir {
namespace {

std::size_t IndexOf(Family family) { return family == Family::kIpv4 ? 0 : 1; }

}  // namespace

bool RegionWalk::Run(NodeId root) {
  Above(root, false);
  return !Stopped();
}

template <typename Step>
void RegionWalk::Descend(NodeId node, Field field, const IntervalSet& set, const Step& step) {
  const std::size_t index = ir::IndexOf(field);
  const std::size_t count = diagram_.EdgeCount(node);
  way_.tested[index] = true;
  for (const Interval& interval : set) {
    std::size_t first = 0;  // the first edge that reaches the interval
    for (std::size_t size = count; size > 0;) {
      const std::size_t half = size / 2;
      if (diagram_.EdgeHigh(node, first + half) < interval.low) {
        first += half + 1;
        size -= half + 1;
      } else {
        size = half;
      }
    }
    Value low = interval.low;
    for (std::size_t i = first; i < count && !Stopped(); ++i) {
      const Value high = diagram_.EdgeHigh(node, i);
      way_.sides[index] = {low, std::min(high, interval.high)};
      step(diagram_.EdgeChild(node, i));
      if (high >= interval.high) break;
      low = high + 1;
    }
    if (Stopped()) break;
  }
  way_.tested[index] = false;
}

void RegionWalk::DescendInterfaces(NodeId node, Field field, const IntervalSet& set) {
  const IntervalSet loopback = IntervalSet::Of(flow::kLoopback, flow::kLoopback);
  const auto above = [&](NodeId child) { Above(child, false); };
  Descend(node, field, set.Subtract(loopback), above);
  Descend(node, field, set.Intersect(loopback), above);
}

template <typename Step>
void RegionWalk::InEachFamily(const Step& step) {
  for (const Family family : flow::kFamilies) {
    if (region_.services.of(family).empty() || Stopped()) continue;
    way_.family = family;
    step(family);
  }
}

void RegionWalk::Above(NodeId node, bool family_known) {
  if (Stopped()) return;
  const int field = diagram_.FieldOf(node);
  if (!family_known && field > static_cast<int>(Field::kFamily)) {  // no family was asked: both
    InEachFamily([&](Family) { Above(node, true); });
    return;
  }
  if (field >= static_cast<int>(Field::kService)) {
    AtService(node);
    return;
  }
  if (!seen_[family_known ? IndexOf(way_.family) : 0].insert(node).second) return;
  ++steps_;
  switch (static_cast<Field>(field)) {
    case Field::kInterface:
      DescendInterfaces(node, Field::kInterface, region_.interfaces);
      break;
    case Field::kOut:
      DescendInterfaces(node, Field::kOut, region_.out);
      break;
    case Field::kFamily:
      way_.tested[ir::IndexOf(Field::kFamily)] = true;
      InEachFamily([&](Family family) { Above(diagram_.Child(node, FamilyValue(family)), true); });
      way_.tested[ir::IndexOf(Field::kFamily)] = false;
      break;
    case Field::kPeer:
      Descend(node, Field::kPeer, region_.peer.of(way_.family), [&](NodeId child) { Above(child, true); });
      break;
    case Field::kService:
    case Field::kSelf:
      break;
  }
}

void RegionWalk::AtService(NodeId node) {
  if (!seen_[IndexOf(way_.family)].insert(node).second) return;
  ++steps_;
  const IntervalSet& services = region_.services.of(way_.family);
  if (diagram_.FieldOf(node) == static_cast<int>(Field::kService)) {
    Descend(node, Field::kService, services, [&](NodeId child) { Below(child); });
    return;
  }
  for (const Interval& service : services) {
    way_.sides[ir::IndexOf(Field::kService)] = service;
    Below(node);
  }
}

void RegionWalk::Below(NodeId node) {
  const std::vector<std::pair<Leaf, Interval>>& leaves = LeavesBelow(node);
  way_.tested[ir::IndexOf(Field::kSelf)] = !diagram_.IsLeaf(node);
  for (const auto& [leaf, side] : leaves) {
    if (Stopped()) break;
    ++steps_;
    way_.sides[ir::IndexOf(Field::kSelf)] = side;
    visit_(leaf, way_);
  }
  way_.tested[ir::IndexOf(Field::kSelf)] = false;
}

// Each leaf once, with the first own addresses that lead to it.
const std::vector<std::pair<Leaf, Interval>>& RegionWalk::LeavesBelow(NodeId node) {
  const auto [entry, is_new] = below_[IndexOf(way_.family)].try_emplace(node);
  std::vector<std::pair<Leaf, Interval>>& leaves = entry->second;
  if (!is_new) return leaves;
  const IntervalSet& own = region_.self.of(way_.family);
  if (diagram_.IsLeaf(node)) {
    leaves.emplace_back(diagram_.LeafOf(node), own.intervals().front());
    return leaves;
  }
  std::unordered_set<Leaf> met;
  Descend(node, Field::kSelf, own, [&](NodeId child) {
    ++steps_;
    if (met.insert(diagram_.LeafOf(child)).second)
      leaves.emplace_back(diagram_.LeafOf(child), way_[Field::kSelf]);
  });
  return leaves;
}

}  // namespace appnet::ir
