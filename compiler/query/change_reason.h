#pragma once
// Contract: the rules behind a change on one of its sides, or that there are none.

#include <functional>
#include <vector>

#include "query/changes.h"

namespace appnet::query {

// `labels`: those that the change's flows carry on this side. `class_in`: an interface class of the change's
// regions in the policy's own classes.
Reason ReasonOf(const ComparedPolicy& side, const std::vector<ir::LabelId>& labels, const Change& change,
                const sepolicy::Policy& base,
                const std::function<flow::InterfaceClassId(flow::InterfaceClassId)>& class_in);

}  // namespace appnet::query
