#include "lower/classes.h"

#include <algorithm>

namespace appnet::lower {

std::uint32_t GrantTable::Intern(const RuleGrant& grant) {
  const auto [it, added] = ids_.emplace(grant, static_cast<std::uint32_t>(grants_.size()));
  if (added) grants_.push_back(grant);
  return it->second;
}

std::vector<ir::Grant> Combine(std::span<const std::uint32_t> grants, const GrantTable& table,
                               const sema::Program& program, const sepolicy::Policy& base,
                               flow::Conditions& conditions) {
  struct When {
    flow::ConditionId allowed = flow::kNever;
    flow::ConditionId audited = flow::kNever;
  };
  std::map<sepolicy::TypeId, When> by_domain;
  for (const std::uint32_t id : grants) {
    const RuleGrant& grant = table[id];
    for (const sepolicy::TypeId domain : program.domain_sets[grant.subjects]) {
      When& when = by_domain[domain];
      when.allowed = conditions.Or(when.allowed, grant.condition);
      if (grant.audited) when.audited = conditions.Or(when.audited, grant.condition);
    }
  }
  std::vector<ir::Grant> result;
  for (const auto& [domain, when] : by_domain) {
    if (when.allowed != flow::kNever) result.push_back({base.TypeName(domain), when.allowed, when.audited});
  }
  std::sort(result.begin(), result.end(),
            [](const ir::Grant& a, const ir::Grant& b) { return a.domain < b.domain; });
  return result;
}

}  // namespace appnet::lower
