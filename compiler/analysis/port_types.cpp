#include "analysis/port_types.h"

#include <algorithm>

namespace appnet::analysis {

PortTypes::PortTypes(const sepolicy::Policy& base) : rest_(base.InitialSidType("port")) {
  std::map<unsigned, flow::IntervalSet> taken;
  for (const sepolicy::PortLabel& entry : base.PortLabels()) {
    flow::IntervalSet& decided = taken[entry.protocol];
    const flow::IntervalSet whole = flow::IntervalSet::Of(entry.low, entry.high);
    for (const flow::Interval& fresh : whole.Subtract(decided))
      ranges_[entry.protocol].push_back({fresh, entry.type});
    decided = decided.Union(whole);
  }
  for (auto& [protocol, ranges] : ranges_) {
    std::sort(ranges.begin(), ranges.end(),
              [](const Range& a, const Range& b) { return a.ports.low < b.ports.low; });
  }
}

std::vector<sepolicy::TypeId> PortTypes::Of(unsigned protocol, const flow::IntervalSet& ports) const {
  std::vector<sepolicy::TypeId> types;
  auto add = [&](sepolicy::TypeId type) {
    if (std::find(types.begin(), types.end(), type) == types.end()) types.push_back(type);
  };
  static const std::vector<Range> kNone;
  const auto found = ranges_.find(protocol);
  const std::vector<Range>& ranges = found == ranges_.end() ? kNone : found->second;
  bool all_labelled = true;
  for (const flow::Interval& interval : ports) {
    auto range = std::partition_point(ranges.begin(), ranges.end(),
                                      [&](const Range& one) { return one.ports.high < interval.low; });
    flow::Value next = interval.low;  // the first port not yet seen
    for (; range != ranges.end() && range->ports.low <= interval.high; ++range) {
      if (range->ports.low > next) all_labelled = false;
      add(range->type);
      next = range->ports.high + 1;
    }
    if (next <= interval.high) all_labelled = false;
  }
  if (!all_labelled && rest_) add(*rest_);
  return types;
}

}  // namespace appnet::analysis
