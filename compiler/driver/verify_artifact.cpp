#include "driver/verify_artifact.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "driver/check_artifact.h"
#include "driver/check_requirements.h"
#include "driver/find_policy.h"
#include "driver/link_modules.h"
#include "driver/print.h"
#include "driver/run.h"
#include "verify/linked_check.h"

namespace appnet::driver {
namespace {

using Problems = std::vector<std::string>;

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

int Tell(const std::string& path, diag::Kind kind, const Problems& problems, Messages& messages) {
  for (const std::string& problem : problems)
    messages.emitter.Report(kind, fmt::format("{}: {}", path, problem));
  return problems.empty() ? kExitOk : kExitPolicy;
}

}  // namespace

int VerifyArtifact(const Options& options, const base::FileSystem& files, Messages& messages) {
  const auto broken = [&](const Problems& problems) {
    return Tell(options.files.front(), diag::Kind::kBrokenArtifact, problems, messages);
  };
  const std::string& path = options.files.front();
  base::Result<CheckedArtifact> read = CheckArtifact(path, files);
  if (!read) return messages.Fail(read.error());
  CheckedArtifact& artifact = read.value();
  if (!artifact.problems.empty()) return broken(artifact.problems);
  if (!options.policy.empty() || options.link || !options.modules.empty()) {
    const base::OutputFile* module = FileNamed(artifact.files, artifact.manifest.policy.name + ".cil");
    const base::Result<Problems> against = CheckAgainstPolicy(options, artifact.manifest, *module, files);
    if (!against) return messages.Fail(against.error());
    if (!against.value().empty()) return Tell(path, diag::Kind::kUnfitArtifact, against.value(), messages);
  }
  if (options.quiet) return kExitOk;
  return Print(fmt::format("{}: {} files, {} packet types; all is well\n", path, artifact.files.files.size(),
                           artifact.manifest.policy.labels.size()))
             ? kExitOk
             : messages.Fail({"can't write to standard output"});
}

}  // namespace appnet::driver
