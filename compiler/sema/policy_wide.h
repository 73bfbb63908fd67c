#pragma once
// Contract: what is said once for a whole policy, and what the base policy must have for it.

#include "sema/modules.h"
#include "sema/program.h"

namespace appnet::sema {

// `unmatched MODE`, `unmatched forward MODE` and `enforce always` of the roots.
void ReadPolicyWide(const Modules& modules, const Inputs& inputs, Program& program);
// Class packet with the permissions that the rules need, and the initial SIDs kernel and unlabeled.
void CheckBasePolicy(bool forwards, const Inputs& inputs);

}  // namespace appnet::sema
