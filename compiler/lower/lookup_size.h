#pragma once
// Contract: how many entries the look-ups of a flow space need, whatever filter does them: for each interface
// class and family a default for most peers, and for every other range of peers what differs from it. Equal
// functions count once. Stops counting above the limit.

#include <cstddef>

#include "ir/policy.h"

namespace appnet::lower {

// A count above `limit` means: more than that.
std::size_t LookupSize(const ir::Policy& policy, std::size_t limit);

}  // namespace appnet::lower
