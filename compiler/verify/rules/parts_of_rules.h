#pragma once
// Contract: the functions that an nft text looks up for packets as the opener of a flow sends them, in the
// place of a policy's. Where a look-up stands alone, the text does not say whether it is the policy's own or
// inherited: then there are several answers, of which the right one fits all the rest of the text.

#include <vector>

#include "verify/rules/policy_functions.h"
#include "verify/rules/ruleset.h"

namespace appnet::verify::rules {

// At least one answer. `ruleset` has no loops.
std::vector<PolicyFunctions::Parts> PartsOfRules(const Ruleset& ruleset, FlowSpace& space,
                                                 const ir::Policy& labels);

}  // namespace appnet::verify::rules
