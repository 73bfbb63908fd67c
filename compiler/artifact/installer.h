#pragma once
// Contract: the files of an artifact that follow from its name and its rules: what installs and loads them.

#include <string>
#include <vector>

#include "base/output_file.h"

namespace appnet::artifact {

// "nft" and "iptables", as far as `files` hold their rules; for iptables both families are needed.
std::vector<std::string> BackendsOf(const std::string& name, const std::vector<base::OutputFile>& files);

// In no special order. `files` are those that the backends made, and may hold more.
std::vector<base::OutputFile> InstallerFiles(const std::string& name,
                                             const std::vector<base::OutputFile>& files);

}  // namespace appnet::artifact
