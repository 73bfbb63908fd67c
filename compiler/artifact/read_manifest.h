#pragma once
// Contract: manifest.json back to what it says: so much of the ir::Policy that the module can be compared
// with it (labels, which of them is unmatched, grants, booleans, what the module needs of the base policy; no
// flows), the parts with their digests, and what the target's policy must have. The text may come from
// anywhere: an error says which key is missing or wrong.

#include <string>
#include <string_view>
#include <vector>

#include "artifact/requirements.h"
#include "base/result.h"
#include "ir/policy.h"

namespace appnet::artifact {

struct ManifestContents {
  struct Part {
    std::string name;
    std::uint64_t size = 0;
    std::string sha256;
  };
  ir::Policy policy;
  std::vector<std::string> backends;
  std::vector<Part> parts;
  Requirements requirements;
  std::string compiler_version;
  std::string base_policy_name;
  std::string base_policy_sha256;
};

base::Result<ManifestContents> ReadManifest(std::string_view text);

}  // namespace appnet::artifact
