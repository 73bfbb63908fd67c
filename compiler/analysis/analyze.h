#pragma once
// Contract: what is allowed but will not do what its author expects. Reports warnings, changes nothing. One
// lint, one file.

#include "diag/emitter.h"
#include "ir/policy.h"
#include "sema/program.h"

namespace appnet::analysis {

void Analyze(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);

}  // namespace appnet::analysis
