#pragma once
// Contract: what the module of a policy must say, from ir::Policy alone: the other side of the comparison.

#include "ir/policy.h"
#include "verify/module_reading.h"

namespace appnet::verify {

// Who may do what with our types.
void AddAllowed(const ir::Policy& policy, Rights& rights);
// What our module adds for the base types that our rules put on packets.
void AddAllowedOnBaseTypes(const ir::Policy& policy, Rights& rights);
// Who is logged for it.
void AddAudited(const ir::Policy& policy, Rights& rights);

Module ExpectedModule(const ir::Policy& policy, Names& names, flow::Conditions& conditions);

}  // namespace appnet::verify
