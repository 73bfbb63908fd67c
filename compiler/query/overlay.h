#pragma once
// Contract: two policies in one diagram: their interfaces told apart by the patterns of both, and where their
// labels differ in a sense that the caller gives.

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "ir/policy.h"

namespace appnet::query {

// Of one flow, in the policy before and the one after.
struct LabelPair {
  ir::LabelId before = 0;
  ir::LabelId after = 0;
};

class Overlay {
 public:
  // Both must stay.
  Overlay(const ir::Policy& before, const ir::Policy& after);

  // A leaf is 0 where `same` holds, else 1 + an index into `pairs`, in which each pair is once.
  struct Differences {
    ir::NodeId root = ir::kNowhere;
    std::vector<LabelPair> pairs;
  };
  Differences Compare(flow::Direction direction, const std::function<bool(const LabelPair&)>& same);

  const flow::InterfaceClasses& interfaces() const { return interfaces_; }
  // The class that holds one of `interfaces` in the policy before (0) or after (1).
  flow::InterfaceClassId ClassIn(std::size_t side, flow::InterfaceClassId id) const {
    return class_of_[side][id];
  }
  ir::Diagram& diagram() { return diagram_; }
  ir::Space SpaceOf(flow::Direction direction) const { return {direction, interfaces_.size()}; }

 private:
  ir::NodeId LabelsOf(std::size_t side, flow::Direction direction);

  std::array<const ir::Policy*, 2> policies_;
  flow::InterfaceClasses interfaces_;
  std::array<std::vector<flow::InterfaceClassId>, 2> class_of_;
  ir::Diagram diagram_;
};

}  // namespace appnet::query
