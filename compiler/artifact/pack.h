#pragma once
// Contract: output files to the artifact's bytes. Adds manifest.json and SHA256SUMS, the Makefile, the unit
// and the module list; entries sorted, owner 0, one modification time. The same inputs give the same bytes.

#include <cstdint>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "base/output_file.h"
#include "base/result.h"
#include "ir/policy.h"

namespace appnet::artifact {

struct Source {
  std::string name;  // as shown in messages
  std::string sha256;
};

struct Inputs {
  std::string compiler_version;
  std::vector<Source> sources;
  std::string base_policy_name;
  std::string base_policy_sha256;
  unsigned base_policy_version = 0;
  bool base_policy_mls = false;
  std::vector<Source> modules;  // linked into the base policy first
  std::int64_t modified = 0;    // seconds since 1970 for every entry
};

// All files of the artifact, sorted by name. `parts` are NAME.cil and, of the backends that were asked for,
// NAME.nft, or NAME.rules.v4 and NAME.rules.v6; a backend without its parts can't be installed from the
// artifact.
std::vector<base::OutputFile> Bundle(const ir::Policy& policy, std::vector<base::OutputFile> parts,
                                     const Inputs& inputs);

// A POSIX (ustar) archive with every file under `folder`/. An error where a name or the time doesn't fit into
// ustar's fields: nothing is ever cut short.
base::Result<std::string> Archive(const std::string& folder, const std::vector<base::OutputFile>& files,
                                  std::int64_t modified);

}  // namespace appnet::artifact
