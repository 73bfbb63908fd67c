#pragma once
// Contract: what of a policy iptables can't say, for the driver to report before it emits.

#include <string>
#include <vector>

#include "ir/policy.h"

namespace appnet::backend::iptables {

// Labels whose context is longer than the 255 bytes that the SECMARK target holds.
std::vector<ir::LabelId> TooLong(const ir::Policy& policy);

// Exact interface names that end in a plus sign, which iptables takes for a wildcard.
std::vector<std::string> PlusNames(const ir::Policy& policy);

}  // namespace appnet::backend::iptables
