#pragma once
// Contract: the part of a diagram that a region reaches. Each leaf below each piece of service is shown once,
// with one way there, over the loopback only where there is no other; nothing is walked twice, so the work is
// that of the part of the diagram inside the region.
//
//   RegionWalk walk(diagram, region, RegionWalk::kNoLimit, [&](Leaf leaf, const Way& way) { ... });
//   walk.Run(root);

#include <array>
#include <cstddef>
#include <functional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "flow/fields.h"
#include "ir/diagram.h"

namespace appnet::ir {

// How a leaf was reached: every flow of the region that agrees with the sides of the fields that were tested
// has it.
struct Way {
  std::array<Interval, kFieldCount> sides{};  // by IndexOf, inside the region
  std::array<bool, kFieldCount> tested{};     // a field that was not is anything in the region
  Family family = Family::kIpv4;

  const Interval& operator[](Field field) const { return sides[IndexOf(field)]; }
  bool Tested(Field field) const { return tested[IndexOf(field)]; }
};

class RegionWalk {
 public:
  using Visit = std::function<void(Leaf, const Way&)>;
  static constexpr std::size_t kNoLimit = ~std::size_t{0};

  RegionWalk(const Diagram& diagram, const flow::Region& region, std::size_t limit, Visit visit)
      : diagram_(diagram), region_(region), limit_(limit), visit_(std::move(visit)) {}

  // False when `limit` steps were made before the end was reached.
  bool Run(NodeId root);
  std::size_t steps() const { return steps_; }

 private:
  void Above(NodeId node, bool family_known);
  void AtService(NodeId node);
  void Below(NodeId node);
  const std::vector<std::pair<Leaf, Interval>>& LeavesBelow(NodeId node);
  // Calls step(child) for each edge that a set reaches, with the field's side set.
  template <typename Step>
  void Descend(NodeId node, Field field, const IntervalSet& set, const Step& step);
  void DescendInterfaces(NodeId node, Field field, const IntervalSet& set);
  template <typename Step>
  void InEachFamily(const Step& step);
  bool Stopped() const { return steps_ > limit_; }

  const Diagram& diagram_;
  const flow::Region& region_;
  std::size_t limit_;
  Visit visit_;
  std::size_t steps_ = 0;
  Way way_;
  std::unordered_set<NodeId> seen_[2];  // by family
  std::unordered_map<NodeId, std::vector<std::pair<Leaf, Interval>>> below_[2];
};

}  // namespace appnet::ir
