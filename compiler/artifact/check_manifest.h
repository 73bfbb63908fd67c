#pragma once
// Contract: the manifest against itself: what it says in several places must agree, and nothing may be there
// that follows from nothing. What is wrong, a sentence each.

#include <string>
#include <string_view>
#include <vector>

#include "artifact/read_manifest.h"
#include "base/output_file.h"

namespace appnet::artifact {

// `text` is what the contents were read from, `files` are the artifact's.
std::vector<std::string> CheckManifest(const ManifestContents& manifest, std::string_view text,
                                       const std::vector<base::OutputFile>& files);

}  // namespace appnet::artifact
