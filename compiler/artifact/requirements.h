#pragma once
// Contract: what a policy on the target must have for the module to link and the rules to load, all sorted.
// The artifact may be installed on a machine with another base policy than the one it was built against.

#include <map>
#include <string>
#include <vector>

#include "ir/policy.h"

namespace appnet::artifact {

struct Requirements {
  std::vector<std::string> types;
  std::vector<std::string> attributes;
  std::vector<std::string> booleans;
  std::map<std::string, std::vector<std::string>> classes;  // permissions by class
  std::string level;                                        // "s0"; empty without MLS
};

Requirements RequirementsOf(const ir::Policy& policy);

}  // namespace appnet::artifact
