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
  flow::IntervalSet rest = ports;
  if (const auto found = ranges_.find(protocol); found != ranges_.end()) {
    std::vector<flow::Interval> covered;
    for (const Range& range : found->second) {
      if (!ports.Intersects(flow::IntervalSet({range.ports}))) continue;
      add(range.type);
      covered.push_back(range.ports);
    }
    rest = ports.Subtract(flow::IntervalSet(std::move(covered)));
  }
  if (!rest.empty() && rest_) add(*rest_);
  return types;
}

}  // namespace appnet::analysis
