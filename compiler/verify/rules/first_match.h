#pragma once
// Contract: the function that a list of rules is, each of which goes away on a hit: the node of the first
// case all of whose sides hold, or else `otherwise`. The nodes may test any field. One sweep over a field
// serves all cases, so that the work is about the size of the result.

#include <span>
#include <vector>

#include "verify/rules/flow_space.h"

namespace appnet::verify::rules {

// Where a condition on one field holds.
struct Side {
  Field field;
  IntervalSet values;
};

struct Case {
  std::vector<Side> sides;  // ascending by field, each field once; with none it always holds
  NodeId node = ir::kNowhere;
};

// Addresses are of `family`, unless the nodes that test them say otherwise.
NodeId FirstMatch(FlowSpace& space, Family family, std::span<const Case> cases, NodeId otherwise);

}  // namespace appnet::verify::rules
