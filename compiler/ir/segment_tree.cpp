#include "ir/segment_tree.h"

#include <algorithm>
#include <bit>

namespace appnet::ir {
namespace {

// Shows `visit` the tree nodes that make up the elementary intervals begin .. end - 1.
template <class Visit>
void Decompose(std::size_t width, std::size_t begin, std::size_t end, Visit visit) {
  for (begin += width, end += width; begin < end; begin /= 2, end /= 2) {
    if (begin % 2 == 1) visit(begin++);
    if (end % 2 == 1) visit(--end);
  }
}

}  // namespace

SegmentTree::SegmentTree(base::Value maximum, std::span<const base::IntervalSet* const> sets)
    : maximum_(maximum) {
  std::size_t intervals = 0;
  for (const base::IntervalSet* set : sets) intervals += set->size();
  starts_.reserve(2 * intervals + 1);
  starts_.push_back(0);
  for (const base::IntervalSet* set : sets) {
    for (const base::Interval& interval : *set) {
      starts_.push_back(interval.low);
      if (interval.high != maximum) starts_.push_back(interval.high + 1);
    }
  }
  std::sort(starts_.begin(), starts_.end());
  starts_.erase(std::unique(starts_.begin(), starts_.end()), starts_.end());
  width_ = std::bit_ceil(starts_.size());

  struct Span {
    std::uint32_t set, begin, end;
  };
  std::vector<Span> spans;
  spans.reserve(intervals);
  const auto index_of = [&](base::Value start) {
    return static_cast<std::uint32_t>(std::lower_bound(starts_.begin(), starts_.end(), start) -
                                      starts_.begin());
  };
  for (std::uint32_t set = 0; set < sets.size(); ++set) {
    for (const base::Interval& interval : *sets[set]) {
      const auto end =
          interval.high == maximum ? static_cast<std::uint32_t>(starts_.size()) : index_of(interval.high + 1);
      spans.push_back({set, index_of(interval.low), end});
    }
  }

  // Count, then place: the sets of one tree node stand together.
  first_.assign(2 * width_ + 1, 0);
  for (const Span& span : spans)
    Decompose(width_, span.begin, span.end, [&](std::size_t node) { ++first_[node + 1]; });
  for (std::size_t node = 1; node < first_.size(); ++node) first_[node] += first_[node - 1];
  placed_.resize(first_.back());
  std::vector<std::uint32_t> next(first_.begin(), first_.end() - 1);
  for (const Span& span : spans) {
    Decompose(width_, span.begin, span.end, [&](std::size_t node) { placed_[next[node]++] = span.set; });
  }
}

}  // namespace appnet::ir
