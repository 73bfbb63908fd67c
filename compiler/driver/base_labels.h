#pragma once
// Contract: whom the base policy admits to its own types that `label` blocks put on packets, as lines of the
// summary: counts, and names with the exact conditions where a list is wanted.

#include <string>

#include "driver/compile.h"
#include "sepolicy/policy.h"

namespace appnet::driver {

std::string BaseLabelLines(const Compiled& compiled, const sepolicy::Policy& base, bool list);

}  // namespace appnet::driver
