#pragma once
// Contract: proves a policy's assertions against base policy and module together (faults.h says what they
// mean). One that is false is one error, with a flow and a setting of the booleans that show it, and the rule
// it comes from.

#include "base/result.h"
#include "diag/emitter.h"
#include "ir/policy.h"
#include "sema/program.h"
#include "sepolicy/policy.h"

namespace appnet::query {

// Errors: the base policy can't be asked (see Reach).
base::Status ProveAssertions(const sema::Program& program, const ir::Policy& policy,
                             const sepolicy::Policy& base, diag::Emitter& emitter);

}  // namespace appnet::query
