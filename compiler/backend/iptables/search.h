#pragma once
// Contract: a function of one field as a balanced tree of chains. About eight rules a chain, more only where
// the tree would otherwise become deeper than allowed.

#include <vector>

#include "backend/iptables/axis.h"
#include "backend/iptables/chains.h"

namespace appnet::backend::iptables {

struct Run {
  Interval where;
  Target target = kReturn;
};

// The same function with runs that cover 0 .. maximum, `below` in the gaps; neighbours differ. `runs` are
// disjoint, ascending.
std::vector<Run> WithGaps(const std::vector<Run>& runs, Value maximum, Target below);

// `runs` as WithGaps makes them. The answer's height is at most `max_height`, which must be above that of
// every run.
Target Search(Chains& chains, char stem, const Axis& axis, const std::vector<Run>& runs, unsigned max_height);

}  // namespace appnet::backend::iptables
