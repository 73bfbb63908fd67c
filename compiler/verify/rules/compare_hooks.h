#pragma once
// Contract: one ruleset against the contract of its hooks, in every situation.

#include <string_view>
#include <vector>

#include "verify/rules/compare.h"
#include "verify/rules/policy_functions.h"
#include "verify/rules/ruleset.h"

namespace appnet::verify::rules {

// `ruleset` has no loops (FindLoop). `name`: of the text, for messages. Adds the first mismatches; check
// whether the space's diagram is exceeded afterwards.
void CompareHooks(std::string_view name, const Ruleset& ruleset, FlowSpace& space, PolicyFunctions& functions,
                  std::vector<Mismatch>& mismatches);

}  // namespace appnet::verify::rules
