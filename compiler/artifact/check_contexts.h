#pragma once
// Contract: the contexts that the rules put on packets against the manifest: none that it does not name, and
// in each backend's rules every packet type of ours. What is wrong, a sentence each. Says nothing of which
// packets get which.

#include <string>
#include <vector>

#include "artifact/read_manifest.h"
#include "base/output_file.h"

namespace appnet::artifact {

std::vector<std::string> CheckContexts(const ManifestContents& manifest,
                                       const std::vector<base::OutputFile>& files);

}  // namespace appnet::artifact
