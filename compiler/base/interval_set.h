#pragma once
// Contract: IntervalSet is a set of unsigned values as sorted, disjoint, non-adjacent closed intervals.
// Values are 128 bits wide, enough for an IPv6 address; every smaller field of the flow space uses the same
// type. Operations are linear in the number of intervals; the form is canonical, so equal sets compare equal.

#include <cstddef>
#include <vector>

namespace appnet::base {

using Value = unsigned __int128;

struct Interval {
  Value low = 0;
  Value high = 0;  // inclusive
  friend bool operator==(const Interval&, const Interval&) = default;
};

class IntervalSet {
 public:
  IntervalSet() = default;
  // Any order, overlaps allowed; every interval must have low <= high.
  explicit IntervalSet(std::vector<Interval> intervals);
  static IntervalSet Of(Value low, Value high) { return IntervalSet({{low, high}}); }

  bool empty() const { return intervals_.empty(); }
  std::size_t size() const { return intervals_.size(); }
  const std::vector<Interval>& intervals() const { return intervals_; }
  auto begin() const { return intervals_.begin(); }
  auto end() const { return intervals_.end(); }

  bool Contains(Value value) const;
  bool Contains(const IntervalSet& other) const;
  bool Intersects(const IntervalSet& other) const;

  IntervalSet Union(const IntervalSet& other) const;
  IntervalSet Intersect(const IntervalSet& other) const;
  IntervalSet Subtract(const IntervalSet& other) const;

  friend bool operator==(const IntervalSet&, const IntervalSet&) = default;

 private:
  std::vector<Interval> intervals_;
};

}  // namespace appnet::base
