#pragma once
// Contract: a diagram's function as disjoint boxes that cover the whole space, or a region of it, in
// ascending order of the fields. Nothing is stored: a box is made, shown and forgotten, and the caller may
// stop at any.

#include <array>

#include "ir/diagram.h"

namespace appnet::ir {

struct Box {
  std::array<Interval, kFieldCount> sides;  // by IndexOf; a field that is not tested has its whole range
  Family family = Family::kIpv4;            // a box is of one family, even where the diagram does not ask
  Leaf leaf = 0;

  const Interval& operator[](Field field) const { return sides[IndexOf(field)]; }
};

template <class Visit>
class BoxWalk {
 public:
  // `region` may be null: the whole space.
  BoxWalk(const Diagram& diagram, const Space& space, const flow::Region* region, Visit& visit)
      : diagram_(diagram), space_(space), region_(region), visit_(visit) {}

  bool Walk(NodeId node, int index) {
    if (index == kFieldCount) {
      box_.leaf = diagram_.LeafOf(node);
      return visit_(static_cast<const Box&>(box_));
    }
    const auto field = static_cast<Field>(index);
    if (field == Field::kFamily) return WalkFamilies(node);
    const IntervalSet* part = PartOf(field);
    if (part == nullptr) return WalkSide(node, index, {0, space_.Maximum(field, box_.family)});
    for (const Interval& interval : *part) {
      if (!WalkSide(node, index, interval)) return false;
    }
    return true;
  }

 private:
  // The region's set of a field; null where the whole field counts.
  const IntervalSet* PartOf(Field field) const {
    if (region_ == nullptr) return nullptr;
    switch (field) {
      case Field::kInterface:
        return &region_->interfaces;
      case Field::kOut:
        return region_->out.empty() ? nullptr : &region_->out;
      case Field::kPeer:
        return &region_->peer.of(box_.family);
      case Field::kService:
        return &region_->services.of(box_.family);
      default:
        return &region_->self.of(box_.family);
    }
  }

  bool WalkSide(NodeId node, int index, const Interval& part) {
    Interval& side = box_.sides[static_cast<std::size_t>(index)];
    if (diagram_.FieldOf(node) != index) {
      side = part;
      return Walk(node, index + 1);
    }
    Value low = part.low;
    for (std::size_t i = 0; i < diagram_.EdgeCount(node); ++i) {
      const Value high = diagram_.EdgeHigh(node, i);
      if (high < low) continue;
      side = {low, high < part.high ? high : part.high};
      if (!Walk(diagram_.EdgeChild(node, i), index + 1)) return false;
      if (high >= part.high) break;
      low = high + 1;
    }
    return true;
  }

  bool WalkFamilies(NodeId node) {
    const int index = static_cast<int>(Field::kFamily);
    for (const Family family : flow::kFamilies) {
      if (region_ != nullptr && region_->services.of(family).empty()) continue;
      const Value value = FamilyValue(family);
      box_.family = family;
      box_.sides[IndexOf(Field::kFamily)] = {value, value};
      const NodeId child = diagram_.FieldOf(node) == index ? diagram_.Child(node, value) : node;
      if (!Walk(child, index + 1)) return false;
    }
    return true;
  }

  const Diagram& diagram_;
  const Space& space_;
  const flow::Region* region_;
  Visit& visit_;
  Box box_;
};

// `visit(const Box&)` returns whether to go on; so does this.
template <class Visit>
bool ForEachBox(const Diagram& diagram, NodeId node, const Space& space, Visit&& visit) {
  return BoxWalk<std::remove_reference_t<Visit>>(diagram, space, nullptr, visit).Walk(node, 0);
}
// Inside the region alone.
template <class Visit>
bool ForEachBox(const Diagram& diagram, NodeId node, const Space& space, const flow::Region& region,
                Visit&& visit) {
  return BoxWalk<std::remove_reference_t<Visit>>(diagram, space, &region, visit).Walk(node, 0);
}

}  // namespace appnet::ir
