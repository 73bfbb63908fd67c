#pragma once
// Contract: a diagram as text, one line for each box, for golden tests and for reading. Stable: depends on
// the function alone. Boxes with leaf 0 (a miss, the empty set) are left out.
//   eth0-enp* ipv4 10.20.0.7 tcp/3128 from any = 3
// Interfaces, for forward "in -> out"; family; peer; service; own address after "from"; the leaf.

#include <functional>
#include <string>

#include "ir/diagram.h"

namespace appnet::ir {

// `leaf_text` names a leaf; by default its number. Stops after `limit` boxes with a line that says so.
std::string Dump(const Diagram& diagram, NodeId node, flow::Direction direction,
                 const flow::InterfaceClasses& interfaces,
                 const std::function<std::string(Leaf)>& leaf_text = {}, std::size_t limit = 10'000);

}  // namespace appnet::ir
