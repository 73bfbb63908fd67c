#pragma once
// Contract: compiling CIL for the rest of this room: as CompileCil of policy.h, but past violated neverallow
// rules, which are listed whole.

#include <vector>

#include "sepolicy/link.h"

namespace appnet::sepolicy {

base::Result<Linked> CompileCilPastNeverallow(const std::vector<CilText>& texts, bool mls);

// The violations in what the CIL compiler logs. It logs all of them at CIL_WARN, four a rule at CIL_ERR.
std::vector<NeverallowViolation> ReadNeverallowLog(std::string_view log);

}  // namespace appnet::sepolicy
