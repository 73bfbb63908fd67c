#pragma once
// Contract: flow classes. A leaf of the diagram of rules is a set of grants (subjects, condition, audited or
// not); a class is what such a set comes to: for each domain, when it may and when that is logged. Sets that
// come to the same are one class.

#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "ir/policy.h"
#include "sema/program.h"

namespace appnet::lower {

// What a rule gives, the same for every flow it matches.
struct RuleGrant {
  sema::DomainSetId subjects = 0;
  flow::ConditionId condition = flow::kAlways;
  bool audited = false;
  friend bool operator<(const RuleGrant& a, const RuleGrant& b) {
    return std::tie(a.subjects, a.condition, a.audited) < std::tie(b.subjects, b.condition, b.audited);
  }
};

// Dense ids for the grants of a program.
class GrantTable {
 public:
  std::uint32_t Intern(const RuleGrant& grant);
  const RuleGrant& operator[](std::uint32_t id) const { return grants_[id]; }

 private:
  std::vector<RuleGrant> grants_;
  std::map<RuleGrant, std::uint32_t> ids_;
};

struct Combined {
  std::vector<ir::Grant> grants;
  // The grant with which a domain's condition came to depend on more than flow::kMostBooleans; then there are
  // no grants.
  std::optional<std::uint32_t> too_many;
};

// The grants of a set, by domain, sorted by name. A domain whose rules never hold is left out; the flow stays
// governed.
Combined Combine(std::span<const std::uint32_t> grants, const GrantTable& table, const sema::Program& program,
                 const sepolicy::Policy& base, flow::Conditions& conditions);

}  // namespace appnet::lower
