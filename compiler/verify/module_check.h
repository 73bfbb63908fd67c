#pragma once
// Contract: the module's text against the policy it was made from: read back, and compared exactly. What
// comes back is empty, or says what differs, a sentence each. A difference is a bug of the compiler. A limit
// that `policy.conditions` has holds for the reading, too: for policies that come from elsewhere.

#include <string>
#include <string_view>
#include <vector>

#include "ir/policy.h"

namespace appnet::verify {

std::vector<std::string> CheckModule(std::string_view cil, const ir::Policy& policy);

}  // namespace appnet::verify
