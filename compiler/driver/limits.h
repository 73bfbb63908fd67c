#pragma once
// Contract: what the chosen backends can't say, reported at the rule it comes from.

#include "diag/emitter.h"
#include "driver/options.h"
#include "ir/policy.h"
#include "sema/program.h"

namespace appnet::driver {

void ReportLimits(const sema::Program& program, const ir::Policy& policy, const Options& options,
                  diag::Emitter& emitter);

}  // namespace appnet::driver
