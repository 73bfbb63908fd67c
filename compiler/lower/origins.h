#pragma once
// Contract: which rules stand behind which label: a rule does when some flow it matches carries the label
// because of it. Exact while the work stays within a bound; beyond it the widest rules are left out and
// Label::all_rules says so.

#include "ir/policy.h"
#include "sema/program.h"

namespace appnet::lower {

// Fills Label::rules of `policy`, whose rules have the indexes of the program's.
void FindOrigins(const sema::Program& program, const sepolicy::Policy& base, ir::Policy& policy);

}  // namespace appnet::lower
