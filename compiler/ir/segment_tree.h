#pragma once
// Contract: where interval sets lie on one field. The field is cut at every boundary into elementary
// intervals; a binary tree stands over them, and each set is noted at the O(log n) tree nodes that together
// make up each of its intervals. A set that is wide is noted high up once, not at every elementary interval.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/interval_set.h"

namespace appnet::ir {

class SegmentTree {
 public:
  SegmentTree(base::Value maximum, std::span<const base::IntervalSet* const> sets);

  // Tree nodes are 1 .. 2 * width() - 1; node n has children 2n and 2n + 1, and width() + i is elementary
  // interval i.
  std::size_t width() const { return width_; }
  std::size_t interval_count() const { return starts_.size(); }
  base::Value HighOf(std::size_t interval) const {
    return interval + 1 < starts_.size() ? starts_[interval + 1] - 1 : maximum_;
  }
  // Indexes into the constructor's sets, ascending.
  std::span<const std::uint32_t> SetsAt(std::size_t tree_node) const {
    return std::span(placed_).subspan(first_[tree_node], first_[tree_node + 1] - first_[tree_node]);
  }

 private:
  base::Value maximum_;
  std::size_t width_ = 1;  // a power of two
  std::vector<base::Value> starts_;
  std::vector<std::uint32_t> first_;  // by tree node, into placed_
  std::vector<std::uint32_t> placed_;
};

}  // namespace appnet::ir
