#pragma once
// Contract: an artifact's files against its own manifest: every part is there with its size and digest, and
// nothing else is. What is wrong, a sentence each; empty when all is well.

#include <string>
#include <vector>

#include "artifact/read_manifest.h"
#include "base/output_file.h"

namespace appnet::artifact {

std::vector<std::string> CheckParts(const ManifestContents& manifest,
                                    const std::vector<base::OutputFile>& files);

}  // namespace appnet::artifact
