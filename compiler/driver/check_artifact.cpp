#include "driver/check_artifact.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "artifact/check_contexts.h"
#include "artifact/check_installer.h"
#include "artifact/check_manifest.h"
#include "artifact/check_parts.h"
#include "artifact/flow_table.h"
#include "artifact/sums.h"
#include "driver/print.h"
#include "driver/read_back.h"
#include "verify/module_check.h"

namespace appnet::driver {
namespace {

using Problems = std::vector<std::string>;

void Append(Problems& problems, Problems more) { std::ranges::move(more, std::back_inserter(problems)); }

// The manifest against itself and the files, and those that are the same in all artifacts.
Problems CheckFiles(const std::string& path, const artifact::ManifestContents& manifest,
                    std::string_view text, const artifact::Unpacked& artifact) {
  Problems problems = artifact::CheckParts(manifest, artifact.files);
  Append(problems, artifact::CheckManifest(manifest, text, artifact.files));
  const std::string& version = manifest.inputs.compiler_version;
  if (version == APPNET_VERSION) {
    Append(problems, artifact::CheckInstaller(manifest.policy.name, artifact.files, artifact.has_modes));
  } else {
    PrintError(
        fmt::format("{}: note: it says that appnetc {} built it, and this is {}: of what installs it "
                    "only the sums are checked",
                    path, version, APPNET_VERSION));
  }
  if (artifact.folder != manifest.policy.name)
    problems.push_back(
        fmt::format("its folder is `{}`, but the policy is `{}`", artifact.folder, manifest.policy.name));
  return problems;
}

// Module and rules, as after a build. Gives the policy its flows.
Problems CheckMeaning(artifact::ManifestContents& manifest, const artifact::Unpacked& artifact) {
  ir::Policy& policy = manifest.policy;
  Problems problems = artifact::CheckContexts(manifest, artifact.files);
  if (const base::OutputFile* module = FileNamed(artifact, policy.name + ".cil")) {
    for (const std::string& difference : verify::CheckModule(module->bytes, policy))
      problems.push_back(fmt::format("{}: {}", module->name, difference));
  }
  const base::OutputFile* flows = FileNamed(artifact, policy.name + ".flows");
  if (flows == nullptr) return problems;  // which was said
  const base::Status read = artifact::ReadFlowTable(flows->bytes, policy);
  if (!read) {
    problems.push_back(fmt::format("{}: {}", flows->name, read.error().message));
    return problems;
  }
  for (auto& mismatch : verify::rules::CompareRules(policy, RuleTextsOf(policy.name, artifact.files)))
    problems.push_back(std::move(mismatch.text));
  return problems;
}

}  // namespace

const base::OutputFile* FileNamed(const artifact::Unpacked& artifact, const std::string& name) {
  const auto found = std::ranges::find(artifact.files, name, &base::OutputFile::name);
  return found == artifact.files.end() ? nullptr : &*found;
}

base::Result<CheckedArtifact> CheckArtifact(const std::string& path, const base::FileSystem& files) {
  base::Result<artifact::Unpacked> unpacked = artifact::ReadArtifact(files, path);
  if (!unpacked) return unpacked.error();
  CheckedArtifact artifact;
  artifact.files = std::move(unpacked).value();
  artifact.problems = artifact::CheckSums(artifact.files.files);
  const base::OutputFile* text = FileNamed(artifact.files, "manifest.json");
  if (text == nullptr) artifact.problems.emplace_back("manifest.json is missing");
  if (!artifact.problems.empty()) return artifact;
  base::Result<artifact::ManifestContents> manifest = artifact::ReadManifest(text->bytes);
  if (!manifest) {
    artifact.problems.push_back(manifest.error().message);
    return artifact;
  }
  artifact.manifest = std::move(manifest).value();
  Append(artifact.problems, CheckFiles(path, artifact.manifest, text->bytes, artifact.files));
  Append(artifact.problems, CheckMeaning(artifact.manifest, artifact.files));
  return artifact;
}

}  // namespace appnet::driver
