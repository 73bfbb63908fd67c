#pragma once
// Contract: where an assertion is false: the types it is false for, each with flows that show it. An
// assertion without faults holds.
//   `can`: each of the domains may both send and receive, in every flow, with the booleans at their defaults.
//   `cannot`: none of them may send or receive in any flow under any setting.
//   `only`: nobody else may. Whether they themselves may is for a `can` to say.
// The kernel may always send; that is no fault. For forward the subjects are labels of peers, and `cannot`
// counts the unlabeled type among them unless `as` names another.

#include <optional>
#include <vector>

#include "base/result.h"
#include "query/reach.h"
#include "sema/program.h"

namespace appnet::query {

struct Fault {
  sepolicy::TypeId type = 0;
  Carried carried;             // the flows
  std::optional<Right> right;  // all that the type may do with them; none: nothing
  // `can`: when the type could. Else: when it may do what it should not, as a whole where that is possible.
  flow::ConditionId when = flow::kNever;
};

// Each type once, with the first label it was met on. `reach` is that of the policy made from `program`.
base::Result<std::vector<Fault>> FaultsOf(const sema::Assertion& assertion, const sema::Program& program,
                                          const sepolicy::Policy& base, Reach& reach);

}  // namespace appnet::query
