#pragma once
// Contract: an artifact's bytes, or its folder, back to its files. The bytes may come from anywhere: what is
// no plain artifact (links, devices, names that leave the folder, names given twice, absurd sizes, anything
// behind the archive's end) is an error.

#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "base/output_file.h"
#include "base/result.h"

namespace appnet::artifact {

struct Unpacked {
  std::string folder;                   // NAME
  std::vector<base::OutputFile> files;  // sorted by name
  bool has_modes = false;               // whether it is known which files may be run
};

base::Result<Unpacked> Unpack(std::string_view tar);

// `path` is an archive or the folder NAME/.
base::Result<Unpacked> ReadArtifact(const base::FileSystem& files, const std::string& path);

}  // namespace appnet::artifact
