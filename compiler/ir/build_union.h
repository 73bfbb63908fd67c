#pragma once
// Contract: many boxes to one diagram. Each box gives its element to every flow it contains; a flow's leaf is
// the id of the set of elements it was given (kEmptySet where no box is). The order of the boxes does not
// matter. Keeps to the diagram's budget: check exceeded() afterwards.
//
// Cost: near n log n in boxes and intervals, plus the size of the result.

#include <span>

#include "ir/diagram.h"
#include "ir/leaf_sets.h"
#include "ir/space.h"

namespace appnet::ir {

struct UnionBox {
  const flow::Region* region;  // `out` counts for forward alone; an empty set in a field means no flow
  SetElement element;
};

NodeId BuildUnion(Diagram& diagram, LeafSets& sets, const Space& space, std::span<const UnionBox> boxes);

}  // namespace appnet::ir
