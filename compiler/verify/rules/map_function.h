#pragma once
// Contract: a map or set of nftables as a function: of each key its label, or kNothing; for a set kYes or
// kNo. Elements that overlap are refused, as by the kernel. Where a key reads bytes that a packet does not
// have (ports of a protocol without them, another family's addresses), the function is kGarbage.

#include <string>
#include <variant>
#include <vector>

#include "verify/rules/flow_space.h"
#include "verify/rules/ruleset.h"

namespace appnet::verify::rules {

// What a part of a key is to the flow.
enum class FlowPart { kPeer, kSelf, kProtocol, kPort, kIcmpType, kIcmpCode };

// `labels`: the space's leaf of each context of the ruleset. Gives the function, or why not.
std::variant<NodeId, std::string> MapFunction(FlowSpace& space, const Map& map,
                                              const std::vector<FlowPart>& parts,
                                              const std::vector<Leaf>& labels);

}  // namespace appnet::verify::rules
