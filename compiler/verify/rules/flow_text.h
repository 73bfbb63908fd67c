#pragma once
// Contract: a flow on which two functions differ, and labels, in words for a message.

#include <optional>
#include <string>

#include "verify/rules/flow_space.h"
#include "verify/rules/policy_functions.h"

namespace appnet::verify::rules {

// "connect tcp/443 to 10.0.0.1 via \"eth0\"": the fields on which the difference depends. `family`: where the
// functions are of one family alone.
std::string FlowText(const FlowSpace& space, const Reading& reading, const FlowSpace::Difference& difference,
                     std::optional<Family> family);

// The type of a label's context in backticks.
std::string LabelText(const FlowSpace& space, Leaf leaf);

}  // namespace appnet::verify::rules
