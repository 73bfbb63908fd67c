#include <algorithm>

#include "artifact/flow_table.h"
#include "artifact/installer.h"
#include "artifact/manifest.h"
#include "artifact/pack.h"
#include "artifact/sums.h"
#include "base/check.h"

namespace appnet::artifact {

std::vector<base::OutputFile> Bundle(const ir::Policy& policy, std::vector<base::OutputFile> parts,
                                     const Inputs& inputs) {
  const std::string& name = policy.name;
  const auto has = [&](const std::string& part) {
    return std::ranges::find(parts, part, &base::OutputFile::name) != parts.end();
  };
  APPNET_CHECK(has(name + ".rules.v4") == has(name + ".rules.v6"), "iptables rules for one family only");
  std::vector<base::OutputFile> files = std::move(parts);
  std::ranges::move(InstallerFiles(name, files), std::back_inserter(files));
  files.push_back({name + ".flows", FlowTable(policy)});
  std::ranges::sort(files, {}, &base::OutputFile::name);
  files.push_back({"manifest.json", Manifest(policy, files, inputs)});
  std::ranges::sort(files, {}, &base::OutputFile::name);
  files.push_back({std::string(kSumsName), Sums(files)});
  std::ranges::sort(files, {}, &base::OutputFile::name);
  return files;
}

}  // namespace appnet::artifact
