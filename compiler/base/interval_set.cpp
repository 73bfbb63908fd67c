#include "base/interval_set.h"

#include <algorithm>

#include "base/check.h"

namespace appnet::base {

IntervalSet::IntervalSet(std::vector<Interval> intervals) {
  for (const Interval& interval : intervals) {
    APPNET_CHECK(interval.low <= interval.high, "interval bounds reversed");
  }
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.low < b.low; });
  for (const Interval& interval : intervals) {
    if (!intervals_.empty()) {
      Interval& last = intervals_.back();
      // "adjacent" without overflow: high + 1 would wrap at the top of the space
      if (interval.low <= last.high || interval.low - last.high == 1) {
        last.high = std::max(last.high, interval.high);
        continue;
      }
    }
    intervals_.push_back(interval);
  }
}

bool IntervalSet::Contains(Value value) const {
  auto after = std::upper_bound(intervals_.begin(), intervals_.end(), value,
                                [](Value v, const Interval& interval) { return v < interval.low; });
  return after != intervals_.begin() && value <= std::prev(after)->high;
}

bool IntervalSet::Contains(const IntervalSet& other) const { return other.Subtract(*this).empty(); }

bool IntervalSet::Intersects(const IntervalSet& other) const {
  auto a = intervals_.begin();
  auto b = other.intervals_.begin();
  while (a != intervals_.end() && b != other.intervals_.end()) {
    if (a->high < b->low) {
      ++a;
    } else if (b->high < a->low) {
      ++b;
    } else {
      return true;
    }
  }
  return false;
}

IntervalSet IntervalSet::Union(const IntervalSet& other) const {
  std::vector<Interval> all = intervals_;
  all.insert(all.end(), other.intervals_.begin(), other.intervals_.end());
  return IntervalSet(std::move(all));
}

IntervalSet IntervalSet::Intersect(const IntervalSet& other) const {
  IntervalSet result;
  auto a = intervals_.begin();
  auto b = other.intervals_.begin();
  while (a != intervals_.end() && b != other.intervals_.end()) {
    const Value low = std::max(a->low, b->low);
    const Value high = std::min(a->high, b->high);
    if (low <= high) result.intervals_.push_back({low, high});
    if (a->high < b->high) {
      ++a;
    } else {
      ++b;
    }
  }
  return result;
}

IntervalSet IntervalSet::Subtract(const IntervalSet& other) const {
  IntervalSet result;
  auto cut = other.intervals_.begin();
  for (const Interval& interval : intervals_) {
    Value low = interval.low;
    bool open = true;
    while (cut != other.intervals_.end() && cut->high < low) ++cut;
    for (auto c = cut; c != other.intervals_.end() && c->low <= interval.high; ++c) {
      if (c->low > low) result.intervals_.push_back({low, c->low - 1});
      if (c->high >= interval.high) {
        open = false;
        break;
      }
      low = c->high + 1;
    }
    if (open) result.intervals_.push_back({low, interval.high});
  }
  return result;
}

}  // namespace appnet::base
