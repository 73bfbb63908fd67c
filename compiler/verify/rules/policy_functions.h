#pragma once
// Contract: the functions of ir::Policy in a flow space, as packets show them: in the answer's orientation an
// ICMP answer's type stands for its request's, and every other type of ICMP finds nothing.

#include <array>
#include <unordered_map>
#include <vector>

#include "verify/rules/flow_space.h"
#include "verify/rules/reading.h"

namespace appnet::verify::rules {

class PolicyFunctions {
 public:
  // The space's interface classes are no coarser than the policy's.
  PolicyFunctions(const ir::Policy& policy, FlowSpace& space);

  NodeId Own(const Reading& reading) { return Read(roots_[IndexOf(reading)], reading); }
  NodeId Inherited(const Reading& reading) { return Read(inherited_[IndexOf(reading)], reading); }
  Leaf unmatched(flow::Direction direction) const {
    return direction == flow::Direction::kForward ? unmatched_forward_ : unmatched_;
  }
  Leaf transit() const { return transit_; }

 private:
  static std::size_t IndexOf(const Reading& reading) { return static_cast<std::size_t>(reading.direction); }
  NodeId Import(NodeId node);
  NodeId Read(NodeId node, const Reading& reading) { return reading.back ? Answered(node) : node; }
  NodeId Answered(NodeId node);
  NodeId AnsweredOf(NodeId node, Family family);
  NodeId AnsweredServices(NodeId node, Family family);

  const ir::Policy& policy_;
  FlowSpace& space_;
  std::vector<flow::InterfaceClassId> classes_;  // by class of the space
  std::vector<NodeId> imported_;                 // by node of the policy's diagram
  std::array<NodeId, 3> roots_{};
  std::array<NodeId, 3> inherited_{};
  std::unordered_map<NodeId, NodeId> answered_;
  std::array<std::unordered_map<NodeId, NodeId>, 2> answered_of_;
  Leaf unmatched_ = kNothing;
  Leaf unmatched_forward_ = kNothing;
  Leaf transit_ = kNothing;
};

}  // namespace appnet::verify::rules
