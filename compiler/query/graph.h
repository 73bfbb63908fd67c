#pragma once
// Contract: who reaches what by a policy's rules, as a graph in the DOT language: domains, hosts, and
// services on the edges between them. Drawn are the rules, with hosts and services called as they are
// written, not flows: what unmatched traffic may is not in it. The text depends on the program alone, and no
// name in it can end the string it stands in.

#include <string>

#include "sema/program.h"
#include "sepolicy/policy.h"

namespace appnet::query {

std::string GraphDot(const sema::Program& program, const sepolicy::Policy& base);

}  // namespace appnet::query
