#pragma once
// A flow space small enough to try every point that matters, and the obvious evaluation of boxes to compare
// with.

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "ir/build_union.h"

namespace appnet::ir {

inline constexpr Value kTop6 = ~Value{0};
inline constexpr std::size_t kClasses = 4;

inline flow::Region AnyRegion(bool forward = false) {
  flow::Region region;
  region.interfaces = IntervalSet::Of(0, kClasses - 1);
  if (forward) region.out = region.interfaces;
  static_cast<flow::FamilySets&>(region.peer) = flow::AnyAddress();
  static_cast<flow::FamilySets&>(region.self) = flow::AnyAddress();
  static_cast<flow::FamilySets&>(region.services) = flow::AnyService();
  return region;
}

// Values near the bottom and the top of 0 .. maximum, so that bounds meet, nest and touch both ends.
inline std::vector<Value> Corners(Value maximum) {
  std::set<Value> values{0, 1, 2, 3, maximum - 2, maximum - 1, maximum};
  return {values.begin(), values.end()};
}

inline IntervalSet RandomSet(std::mt19937& random, const std::vector<Value>& corners, Value maximum) {
  if (random() % 4 == 0) return IntervalSet::Of(0, maximum);
  std::vector<Interval> intervals;
  for (std::size_t count = 1 + random() % 2; count > 0; --count) {
    const Value a = corners[random() % corners.size()], b = corners[random() % corners.size()];
    intervals.push_back({std::min(a, b), std::max(a, b)});
  }
  return IntervalSet(std::move(intervals));
}

inline flow::Region RandomRegion(std::mt19937& random, bool forward) {
  flow::Region region;
  const std::vector<Value> classes{0, 1, 2, 3};
  region.interfaces = RandomSet(random, classes, kClasses - 1);
  if (forward) region.out = RandomSet(random, classes, kClasses - 1);
  for (const Family family : flow::kFamilies) {
    if (random() % 5 == 0) continue;  // no flow of this family
    const Value top = base::MaxAddress(family);
    region.peer.of(family) = RandomSet(random, Corners(top), top);
    region.self.of(family) = RandomSet(random, Corners(top), top);
    region.services.of(family) = RandomSet(random, Corners(flow::kMaxService), flow::kMaxService);
  }
  return region;
}

inline flow::Flow FlowAt(const Point& point) {
  flow::Flow flow;
  flow.interface = static_cast<flow::InterfaceClassId>(point[IndexOf(Field::kInterface)]);
  flow.out = static_cast<flow::InterfaceClassId>(point[IndexOf(Field::kOut)]);
  flow.family = point[IndexOf(Field::kFamily)] == 0 ? Family::kIpv4 : Family::kIpv6;
  flow.peer = point[IndexOf(Field::kPeer)];
  flow.self = point[IndexOf(Field::kSelf)];
  flow.service = point[IndexOf(Field::kService)];
  return flow;
}

inline std::vector<SetElement> ElementsAt(const std::vector<UnionBox>& boxes, const flow::Flow& flow) {
  std::set<SetElement> elements;
  for (const UnionBox& box : boxes) {
    if (flow::Contains(*box.region, flow)) elements.insert(box.element);
  }
  return {elements.begin(), elements.end()};
}

// The corners, where every set begins and ends, and a value between them.
inline std::vector<Value> Samples(Value maximum) {
  std::vector<Value> values = Corners(maximum);
  values.push_back(maximum / 2);
  return values;
}

// Every combination of samples: with them every boundary and its neighbours.
template <class Visit>
void ForEachPoint(bool forward, Visit visit) {
  for (const Family family : flow::kFamilies) {
    const std::vector<Value> addresses = Samples(base::MaxAddress(family));
    for (Value interface = 0; interface < kClasses; ++interface) {
      for (Value out = 0; out < (forward ? kClasses : 1); ++out) {
        for (const Value peer : addresses) {
          for (const Value service : Samples(flow::kMaxService)) {
            for (const Value self : addresses)
              visit(Point{interface, out, FamilyValue(family), peer, service, self});
          }
        }
      }
    }
  }
}

}  // namespace appnet::ir
