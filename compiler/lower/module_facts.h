#pragma once
// Contract: what the module needs to know of the base policy besides the labels: the kernel's type, who loads
// rules, which types get through before a forwarded packet's class is known, and which permissions the base
// policy lacks.

#include "diag/emitter.h"
#include "ir/policy.h"
#include "sema/program.h"

namespace appnet::lower {

// Fills the last part of ir::Policy; its labels are final. `loaders` overrides who loads rules.
void AddModuleFacts(const sema::Program& program, const sepolicy::Policy& base,
                    const std::vector<std::string>& loaders, ir::Policy& policy, diag::Emitter& emitter);

// Names of ours that the base policy has for something else. (What an earlier module of ours brought is not
// in `base`.)
void CheckCollisions(const sepolicy::Policy& base, const ir::Policy& policy, diag::Emitter& emitter);

}  // namespace appnet::lower
