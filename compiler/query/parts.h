#pragma once
// Contract: which part of a region each label covers, as few boxes. Where the region is cut into more pieces
// than a person would read, the boxes found first are given and the rest is left out.

#include <map>
#include <vector>

#include "ir/policy.h"

namespace appnet::query {

struct Part {
  std::vector<flow::Region> boxes;  // disjoint; of one family each, or the same in both
  bool all = true;                  // false: there are more
};

std::map<ir::LabelId, Part> PartsOf(const ir::Policy& policy, flow::Direction direction,
                                    const flow::Region& region);

}  // namespace appnet::query
