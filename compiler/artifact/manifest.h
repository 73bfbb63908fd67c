#pragma once
// Contract: what the artifact says of itself, as JSON text with a `format_version`. Keys stand in a fixed
// order. Text that is no UTF-8 (file names may hold any bytes) is carried with replacement characters.

#include <string>
#include <vector>

#include "artifact/pack.h"

namespace appnet::artifact {

inline constexpr int kManifestFormat = 1;

// `files` are all files of the artifact but the manifest and SHA256SUMS, sorted by name.
std::string Manifest(const ir::Policy& policy, const std::vector<base::OutputFile>& files,
                     const Inputs& inputs);

}  // namespace appnet::artifact
