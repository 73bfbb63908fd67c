#pragma once
// Contract: base policy and module as one: which labels the flows of a region carry, and who may do what with
// packets of a label, each with the exact condition over booleans. Speaks of type enforcement, the kernel's
// own packets and permissive domains, which nothing stops; not of constraints. Questions that the base policy
// can't answer in bounded time are errors.

#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/condition.h"
#include "ir/policy.h"
#include "ir/region_walk.h"
#include "sepolicy/policy.h"

namespace appnet::query {

// The two permissions a flow needs: `send` and `recv`, or `forward_in` and `forward_out`.
std::array<std::string_view, 2> PermissionsOf(flow::Direction direction);

// What one type may do with packets of a label.
struct Right {
  enum class From {
    kRule,        // this policy's rules
    kUnmatched,   // `unmatched audit` and `unmatched forward audit`
    kBase,        // the base policy's own rules on its own type
    kPermissive,  // the base policy doesn't stop the domain from anything
    kKernel,      // sending, which the kernel always may
  };
  sepolicy::TypeId type = 0;
  std::array<flow::ConditionId, 2> may = {flow::kNever, flow::kNever};  // by PermissionsOf; one is not kNever
  flow::ConditionId logged = flow::kNever;                              // when this policy has it logged
  From from = From::kBase;
};

// A label that some flow of a region carries.
struct Carried {
  ir::LabelId label = 0;
  ir::Way way;  // such flows
};

class Reach {
 public:
  Reach(const ir::Policy& policy, const sepolicy::Policy& base);

  // Each label once, in the order of their numbers. The region's `out` counts for forward alone.
  std::vector<Carried> LabelsIn(flow::Direction direction, const flow::Region& region) const;
  // Sorted by type, each once. Remembered: the reference stays good.
  base::Result<const std::vector<Right>*> RightsOn(ir::LabelId label, flow::Direction direction);

  // The policy's own, and those of the base policy's rules.
  flow::Conditions& conditions() { return conditions_; }
  // Of all booleans: those the policy declares as declared, those of the base policy as it has them.
  const std::map<std::string, bool>& defaults() const { return defaults_; }

 private:
  base::Result<std::vector<Right>> Compute(const ir::Label& label, flow::Direction direction);
  base::Status AddOfBase(sepolicy::TypeId target, flow::Direction direction, std::vector<Right>& rights);

  const ir::Policy& policy_;
  const sepolicy::Policy& base_;
  flow::Conditions conditions_;
  std::map<std::string, bool> defaults_;
  std::map<std::pair<ir::LabelId, bool>, std::vector<Right>> known_;  // by label, and whether of forward
};

}  // namespace appnet::query
