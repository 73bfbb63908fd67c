#include "lower/classes.h"

#include <algorithm>

namespace appnet::lower {

std::uint32_t GrantTable::Intern(const RuleGrant& grant) {
  const auto [it, added] = ids_.emplace(grant, static_cast<std::uint32_t>(grants_.size()));
  if (added) grants_.push_back(grant);
  return it->second;
}

namespace {

// Adds a condition to a sum; false when the sum has too many booleans.
bool AddTo(flow::ConditionId& sum, flow::ConditionId condition, flow::Conditions& conditions) {
  const flow::ConditionId before = sum;
  sum = conditions.Or(before, condition);
  // What stood there before was in order.
  return sum == before || sum == condition || conditions.VariablesOf(sum).size() <= flow::kMostBooleans;
}

}  // namespace

Combined Combine(std::span<const std::uint32_t> grants, const GrantTable& table, const sema::Program& program,
                 const sepolicy::Policy& base, flow::Conditions& conditions) {
  struct When {
    flow::ConditionId allowed = flow::kNever;
    flow::ConditionId audited = flow::kNever;
  };
  std::map<sepolicy::TypeId, When> by_domain;
  for (const std::uint32_t id : grants) {
    const RuleGrant& grant = table[id];
    for (const sepolicy::TypeId domain : program.domain_sets[grant.subjects]) {
      When& when = by_domain[domain];
      if (!AddTo(when.allowed, grant.condition, conditions)) return {{}, id};
      if (grant.audited && !AddTo(when.audited, grant.condition, conditions)) return {{}, id};
    }
  }
  Combined result;
  for (const auto& [domain, when] : by_domain) {
    if (when.allowed != flow::kNever)
      result.grants.push_back({base.TypeName(domain), when.allowed, when.audited});
  }
  std::sort(result.grants.begin(), result.grants.end(),
            [](const ir::Grant& a, const ir::Grant& b) { return a.domain < b.domain; });
  return result;
}

}  // namespace appnet::lower
