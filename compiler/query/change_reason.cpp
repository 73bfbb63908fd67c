#include "query/change_reason.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "query/blocks.h"

namespace appnet::query {
namespace {

using How = Reason::How;
using ClassIn = std::function<flow::InterfaceClassId(flow::InterfaceClassId)>;

flow::IntervalSet Moved(const flow::IntervalSet& classes, const ClassIn& class_in) {
  std::vector<flow::Interval> moved;
  for (const flow::Interval& interval : classes) {
    for (flow::Value id = interval.low; id <= interval.high; ++id) {
      const flow::Value value = class_in(static_cast<flow::InterfaceClassId>(id));
      moved.push_back({value, value});
    }
  }
  return flow::IntervalSet(std::move(moved));
}

// A domain's permissions on this side are none of its rules' doing where it has none.
bool Grants(const sema::Program& program, const sema::Rule& rule, const std::set<sepolicy::TypeId>& domains) {
  return std::ranges::any_of(program.domain_sets[rule.subjects],
                             [&](sepolicy::TypeId type) { return domains.contains(type); });
}

// From the sources: the rules that match some of the flows, those that grant it first of all.
Reason FromProgram(const ComparedPolicy& side, const Change& change, const sepolicy::Policy& base,
                   const ClassIn& class_in) {
  const sema::Program& program = *side.program;
  std::vector<flow::Region> regions = change.regions;
  for (flow::Region& region : regions) {
    region.interfaces = Moved(region.interfaces, class_in);
    region.out = Moved(region.out, class_in);
  }
  std::set<sepolicy::TypeId> domains;
  for (const std::string& domain : change.domains) domains.insert(base.Find(domain).id);
  std::map<How, std::vector<RulePlace>> found;
  for (const sema::Rule& rule : program.rules) {
    const auto matches = [&](const flow::Region& region) { return Intersect(rule.region, region); };
    if (rule.direction != change.direction || !std::ranges::any_of(regions, matches)) continue;
    const source::Span& span = rule.origin.span;
    const source::Position at = side.sources->PositionOf(span.file, span.begin);
    const How how = rule.label                       ? How::kLabelled
                    : Grants(program, rule, domains) ? How::kGranted
                                                     : How::kGoverned;
    found[how].push_back({side.sources->Name(span.file), at.line, at.column, rule.text});
  }
  Reason reason;
  if (!found.empty()) {
    reason.how = found.begin()->first;
    reason.rules = std::move(found.begin()->second);
  }
  return reason;
}

// From labels alone: all the rules behind each of them.
Reason FromLabels(const ComparedPolicy& side, const std::vector<ir::LabelId>& labels, const Change& change) {
  std::map<How, std::set<std::uint32_t>> found;
  for (const ir::LabelId id : labels) {
    const ir::Label& label = side.policy.labels[id];
    if (label.rules.empty()) continue;
    const auto grants = [&](const ir::Grant& grant) {
      return std::ranges::binary_search(change.domains, grant.domain);
    };
    const How how = label.kind == ir::LabelKind::kBase          ? How::kLabelled
                    : std::ranges::any_of(label.grants, grants) ? How::kGranted
                                                                : How::kGoverned;
    found[how].insert(label.rules.begin(), label.rules.end());
  }
  Reason reason;
  if (found.empty()) return reason;
  reason.how = found.begin()->first;
  for (const std::uint32_t index : found.begin()->second) {
    const ir::RuleOrigin& rule = side.policy.rules[index];
    reason.rules.push_back({rule.file, rule.line, 0, rule.text});
  }
  return reason;
}

}  // namespace

Reason ReasonOf(const ComparedPolicy& side, const std::vector<ir::LabelId>& labels, const Change& change,
                const sepolicy::Policy& base, const ClassIn& class_in) {
  Reason reason =
      side.program != nullptr ? FromProgram(side, change, base, class_in) : FromLabels(side, labels, change);
  std::sort(reason.rules.begin(), reason.rules.end());
  reason.rules.erase(std::unique(reason.rules.begin(), reason.rules.end()), reason.rules.end());
  std::set<std::string> types;
  for (const ir::LabelId label : labels) types.insert(side.policy.labels[label].type);
  reason.labels.assign(types.begin(), types.end());
  return reason;
}

}  // namespace appnet::query
