#pragma once
// Contract: a region in the language's own words: `connect tcp/443 to 10.0.0.0/8 via any except "lo"`. Long
// sets end in `...`.

#include <string>

#include "flow/fields.h"

namespace appnet::query {

// Where both families are in it, their services must be the same.
std::string RegionText(flow::Direction direction, const flow::Region& region,
                       const flow::InterfaceClasses& interfaces);

}  // namespace appnet::query
