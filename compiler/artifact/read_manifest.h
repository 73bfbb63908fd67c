#pragma once
// Contract: manifest.json back to what it says: the ir::Policy without its flows (those are in the flow
// table), the parts with their digests, what went into the build, and what the target's policy must have. The
// text may come from anywhere: an error says which key is missing or wrong. Whether the keys agree with each
// other is CheckManifest's matter.

#include <string>
#include <string_view>
#include <vector>

#include "artifact/pack.h"
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
  Inputs inputs;  // `modified` is the archive's matter
};

base::Result<ManifestContents> ReadManifest(std::string_view text);

}  // namespace appnet::artifact
