#pragma once
// Contract: a diagram's function as disjoint boxes that cover the whole space, in ascending order of the
// fields. Nothing is stored: a box is made, shown and forgotten, and the caller may stop at any.

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
  BoxWalk(const Diagram& diagram, const Space& space, Visit& visit)
      : diagram_(diagram), space_(space), visit_(visit) {}

  bool Walk(NodeId node, int index) {
    if (index == kFieldCount) {
      box_.leaf = diagram_.LeafOf(node);
      return visit_(static_cast<const Box&>(box_));
    }
    const auto field = static_cast<Field>(index);
    if (field == Field::kFamily) return WalkFamilies(node);
    Interval& side = box_.sides[IndexOf(field)];
    if (diagram_.FieldOf(node) != index) {
      side = {0, space_.Maximum(field, box_.family)};
      return Walk(node, index + 1);
    }
    Value low = 0;
    for (std::size_t i = 0; i < diagram_.EdgeCount(node); ++i) {
      side = {low, diagram_.EdgeHigh(node, i)};
      low = side.high + 1;
      if (!Walk(diagram_.EdgeChild(node, i), index + 1)) return false;
    }
    return true;
  }

 private:
  bool WalkFamilies(NodeId node) {
    const int index = static_cast<int>(Field::kFamily);
    for (const Family family : flow::kFamilies) {
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
  Visit& visit_;
  Box box_;
};

// `visit(const Box&)` returns whether to go on; so does this.
template <class Visit>
bool ForEachBox(const Diagram& diagram, NodeId node, const Space& space, Visit&& visit) {
  return BoxWalk<std::remove_reference_t<Visit>>(diagram, space, visit).Walk(node, 0);
}

}  // namespace appnet::ir
