#pragma once
// Contract: an artifact read back and held against itself: sums, manifest, the files that are the same in all
// artifacts, the module's text and the rules against the flows. Its policy means something only where there
// are no problems.

#include <string>
#include <vector>

#include "artifact/read_manifest.h"
#include "artifact/unpack.h"
#include "base/file_system.h"
#include "base/result.h"

namespace appnet::driver {

struct CheckedArtifact {
  artifact::Unpacked files;
  artifact::ManifestContents manifest;  // its policy with the flows
  std::vector<std::string> problems;
};

// `path` is an archive or its folder.
base::Result<CheckedArtifact> CheckArtifact(const std::string& path, const base::FileSystem& files);

// Null where there is none.
const base::OutputFile* FileNamed(const artifact::Unpacked& artifact, const std::string& name);

}  // namespace appnet::driver
