#include "artifact/check_parts.h"

#include <algorithm>
#include <set>

#include "artifact/sums.h"
#include "base/digest.h"

namespace appnet::artifact {

std::vector<std::string> CheckParts(const ManifestContents& manifest,
                                    const std::vector<base::OutputFile>& files) {
  std::vector<std::string> problems;
  std::set<std::string, std::less<>> named{"manifest.json", std::string(kSumsName)};
  for (const ManifestContents::Part& part : manifest.parts) {
    if (!named.insert(part.name).second) problems.push_back("manifest.json names " + part.name + " twice");
    const auto file = std::ranges::find(files, part.name, &base::OutputFile::name);
    if (file == files.end()) {
      problems.push_back(part.name + " is in manifest.json but missing");
    } else if (file->bytes.size() != part.size || base::Sha256(file->bytes) != part.sha256) {
      problems.push_back(part.name + " differs from manifest.json");
    }
  }
  for (const base::OutputFile& file : files) {
    if (!named.contains(file.name)) problems.push_back(file.name + " is not in manifest.json");
  }
  // What makes the artifact installable must be there, whatever the manifest lists.
  std::vector<std::string> due{manifest.policy.name + ".cil", manifest.policy.name + ".flows"};
  for (const std::string& backend : manifest.backends) {
    if (backend == "nft") {
      due.push_back(manifest.policy.name + ".nft");
    } else if (backend == "iptables") {
      due.push_back(manifest.policy.name + ".rules.v4");
      due.push_back(manifest.policy.name + ".rules.v6");
    } else {
      problems.push_back("manifest.json names a backend `" + backend + "`, which there is none of");
    }
  }
  for (const std::string& name : due) {
    if (!named.contains(name)) problems.push_back(name + " is missing");
  }
  return problems;
}

}  // namespace appnet::artifact
