#pragma once
// Contract: NAME.flows: which label every flow has, as text that depends on the functions of ir::Policy
// alone: the nodes of the reduced diagrams below its roots, numbered in the order in which a walk leaves
// them, labels by the names of their types. Reading takes any text: an error names the line. What it takes is
// just what FlowTable would write, and it makes the functions that were written.
//
//   appnet flows 1
//   interface "eth0"         every pattern that tells interfaces apart, in the order of the classes
//   label TYPE               all labels in their order; 1 is the first, 0 stands for "no label found here"
//   peer HIGH CHILD ...      a node: its field, and its edges as ir::Diagram has them; numbers go on behind
//                            the labels
//   connect CHILD            the roots, `inherit connect CHILD` for what base policy's ports give
// Numbers are hexadecimal.

#include <string>
#include <string_view>

#include "base/result.h"
#include "ir/policy.h"

namespace appnet::artifact {

std::string FlowTable(const ir::Policy& policy);

// Sets the interfaces, diagram and roots of a policy that has its labels already.
base::Status ReadFlowTable(std::string_view text, ir::Policy& policy);

}  // namespace appnet::artifact
