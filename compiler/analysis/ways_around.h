#pragma once
// Contract: which domains with rules here could go around packet labels, by what, and which rules of the base
// policy let them. A domain that could not by itself, but may become one that can, is listed with that step;
// longer ways are not looked for. What needs a boolean to be set otherwise counts, and says so.

#include <string>
#include <vector>

#include "base/result.h"
#include "sema/program.h"
#include "sepolicy/policy.h"

namespace appnet::analysis {

struct WayAround {
  sepolicy::TypeId domain = 0;
  std::string how;                 // "packet sockets", "becomes ping_t: packet sockets"
  std::vector<std::string> rules;  // as lines of CIL
  bool at_defaults = true;         // with the booleans as the base policy has them
};

struct WaysAround {
  std::size_t domains = 0;      // with rules here
  std::size_t some_way = 0;     // of which have a way, with the booleans as they are
  std::vector<WayAround> ways;  // by domain
};

// Errors: the base policy can't be asked about its conditions.
base::Result<WaysAround> FindWaysAround(const sema::Program& program, const sepolicy::Policy& base);

}  // namespace appnet::analysis
