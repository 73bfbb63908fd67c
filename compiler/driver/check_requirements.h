#pragma once
// Contract: what an artifact requires of the target's policy, against a policy. What is missing, a sentence
// each.

#include <string>
#include <vector>

#include "artifact/read_manifest.h"
#include "sepolicy/policy.h"

namespace appnet::driver {

std::vector<std::string> CheckRequirements(const artifact::ManifestContents& manifest,
                                           const sepolicy::Policy& base);

}  // namespace appnet::driver
