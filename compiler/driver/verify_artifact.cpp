#include "driver/verify_artifact.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "artifact/check_contexts.h"
#include "artifact/check_installer.h"
#include "artifact/check_manifest.h"
#include "artifact/check_parts.h"
#include "artifact/flow_table.h"
#include "artifact/sums.h"
#include "artifact/unpack.h"
#include "driver/check_requirements.h"
#include "driver/find_policy.h"
#include "driver/link_modules.h"
#include "driver/print.h"
#include "driver/read_back.h"
#include "driver/run.h"
#include "verify/linked_check.h"
#include "verify/module_check.h"

namespace appnet::driver {
namespace {

using Problems = std::vector<std::string>;

const base::OutputFile* FileNamed(const artifact::Unpacked& artifact, const std::string& name) {
  const auto found = std::ranges::find(artifact.files, name, &base::OutputFile::name);
  return found == artifact.files.end() ? nullptr : &*found;
}

void Append(Problems& problems, Problems more) { std::ranges::move(more, std::back_inserter(problems)); }

// The manifest names the domains of the policy that the artifact was built with; where the module names them
// by their attribute, those of the target count.
void TakeDomainsOf(const sepolicy::Policy& base, ir::Policy& policy) {
  const sepolicy::NameLookup attribute = base.Find(policy.domain_attribute);
  if (policy.all_domains.empty() || attribute.kind != sepolicy::NameLookup::Kind::kAttribute) return;
  std::set<std::string> transit(policy.transit_types.begin(), policy.transit_types.end());
  const bool all_pass = std::ranges::any_of(
      policy.labels, [](const ir::Label& label) { return label.kind == ir::LabelKind::kForwardAudit; });
  if (all_pass) {
    for (const std::string& domain : policy.all_domains) transit.erase(domain);
  }
  policy.all_domains.clear();
  for (const sepolicy::TypeId type : base.TypesOf(attribute.id))
    policy.all_domains.push_back(base.TypeName(type));
  if (all_pass) transit.insert(policy.all_domains.begin(), policy.all_domains.end());
  policy.transit_types.assign(transit.begin(), transit.end());
}

base::Result<Problems> CheckLink(const artifact::ManifestContents& manifest, const base::OutputFile& module,
                                 const LinkedBase& base) {
  std::vector<sepolicy::CilText> modules = base.modules;
  modules.push_back({module.name, module.bytes});
  const base::Result<sepolicy::Linked> linked = base.linker->Link(modules);
  if (!linked)
    return Problems{fmt::format("{} does not link with the policy `{}`: {}", module.name, base.policy.name(),
                                linked.error().message)};
  const base::Result<sepolicy::Policy> policy =
      sepolicy::Policy::Read(linked.value().image, base.policy.name(), sepolicy::OwnModule::kShown);
  if (!policy) return policy.error();
  const base::Result<verify::LinkedReport> report = verify::CheckLinked(manifest.policy, policy.value());
  if (!report) return report.error();
  Problems problems = report.value().missing;
  const auto type_of = [&](ir::LabelId label) { return manifest.policy.labels[label].type; };
  const auto tell = [&](const std::vector<verify::LinkedReport::Foreign>& found, std::string_view verb) {
    for (const auto& one : found)
      problems.push_back(fmt::format(
          "linked with the policy `{}`, `{}` {} `{}` on `{}` ({}), which the manifest "
          "does not say{}",
          base.policy.name(), one.domain, verb, one.permission, type_of(one.label), one.when,
          one.through.empty() ? "" : fmt::format("; through `{}`", fmt::join(one.through, "`, `"))));
  };
  tell(report.value().foreign, "may");
  tell(report.value().logged, "is logged for");
  for (const auto& one : report.value().stopped)
    problems.push_back(fmt::format("in the policy `{}` a constraint stops `{}` from `{}` on `{}`: {}",
                                   base.policy.name(), one.domain, one.permission, type_of(one.label),
                                   one.constraint));
  for (const auto& violation : linked.value().violations)
    problems.push_back(fmt::format("{}:{}: `{}` is violated by {} rules, such as `{}`", violation.rule.name,
                                   violation.rule.line, violation.rule.rule, violation.granted_by.size(),
                                   violation.granted_by.empty() ? "" : violation.granted_by[0].rule));
  return problems;
}

base::Result<Problems> CheckAgainstPolicy(const Options& options, artifact::ManifestContents& manifest,
                                          const base::OutputFile& module, const base::FileSystem& files) {
  base::Result<sepolicy::Policy> found = FindPolicy(options.policy, files);
  if (!found) return found.error();
  const base::Result<LinkedBase> base =
      LinkModules(std::move(found).value(), options.modules, options.link, files);
  if (!base) return base.error();
  Problems problems = CheckRequirements(manifest, base.value().policy);
  if (!problems.empty() || !base.value().linker) return problems;
  TakeDomainsOf(base.value().policy, manifest.policy);
  return CheckLink(manifest, module, base.value());
}

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

int Tell(const std::string& path, const Problems& problems) {
  for (const std::string& problem : problems) PrintError(fmt::format("{}: {}", path, problem));
  return problems.empty() ? kExitOk : kExitPolicy;
}

}  // namespace

int VerifyArtifact(const Options& options, const base::FileSystem& files) {
  const std::string& path = options.files.front();
  const base::Result<artifact::Unpacked> artifact = artifact::ReadArtifact(files, path);
  if (!artifact) return Fail(artifact.error());
  Problems problems = artifact::CheckSums(artifact.value().files);
  const base::OutputFile* text = FileNamed(artifact.value(), "manifest.json");
  if (text == nullptr) problems.emplace_back("manifest.json is missing");
  if (!problems.empty()) return Tell(path, problems);
  base::Result<artifact::ManifestContents> manifest = artifact::ReadManifest(text->bytes);
  if (!manifest) return Tell(path, {manifest.error().message});
  Append(problems, CheckFiles(path, manifest.value(), text->bytes, artifact.value()));
  const base::OutputFile* module = FileNamed(artifact.value(), manifest.value().policy.name + ".cil");
  Append(problems, CheckMeaning(manifest.value(), artifact.value()));
  if (!problems.empty()) return Tell(path, problems);
  if (!options.policy.empty() || options.link || !options.modules.empty()) {
    const base::Result<Problems> against = CheckAgainstPolicy(options, manifest.value(), *module, files);
    if (!against) return Fail(against.error());
    if (!against.value().empty()) return Tell(path, against.value());
  }
  if (options.quiet) return kExitOk;
  return Print(fmt::format("{}: {} files, {} packet types; all is well\n", path,
                           artifact.value().files.size(), manifest.value().policy.labels.size()))
             ? kExitOk
             : Fail({"can't write to standard output"});
}

}  // namespace appnet::driver
