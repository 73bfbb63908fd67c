#pragma once
// Contract: the thorough path: base policy, modules and the module just made, linked in process. Who else may
// use our packet types, what a constraint stops, and which neverallow rules of the modules are violated are
// diagnostics. A grant that is missing from the linked policy is a bug of ours and ends the process.

#include "base/result.h"
#include "diag/emitter.h"
#include "driver/compile.h"
#include "driver/link_modules.h"

namespace appnet::driver {

// Does nothing where `base` has no linker.
base::Status CheckLinked(const Compiled& compiled, const LinkedBase& base, diag::Emitter& emitter);

}  // namespace appnet::driver
