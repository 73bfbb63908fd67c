#pragma once
// Contract: rules of one direction whose domains lack a permission on every type of the rule's ports.

#include <string>
#include <vector>

#include "analysis/missing_access.h"
#include "analysis/port_types.h"

namespace appnet::analysis {

// For name_connect and name_bind. `ignored` are ports for which the kernel does not ask. A rule over ports of
// several types works for part of them as soon as one is allowed; only what is denied on all of them is
// missing.
std::vector<MissingAccess> MissingPortAccess(const sema::Program& program, const sema::Rule& rule,
                                             const sepolicy::Policy& base, const PortTypes& port_types,
                                             const std::string& permission, const flow::IntervalSet& ignored);

}  // namespace appnet::analysis
