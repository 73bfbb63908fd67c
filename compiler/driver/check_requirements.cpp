#include "driver/check_requirements.h"

#include <fmt/format.h>

#include <set>
#include <tuple>

namespace appnet::driver {
namespace {

using sepolicy::NameLookup;

// The context with another type: ours are no types of this policy yet.
std::string WithType(const std::string& context, const std::string& type) {
  const std::size_t role_end = context.find(':', context.find(':') + 1);
  if (role_end == std::string::npos) return context;
  const std::size_t type_end = std::min(context.find(':', role_end + 1), context.size());
  return context.substr(0, role_end + 1) + type + context.substr(type_end);
}

}  // namespace

std::vector<std::string> CheckRequirements(const artifact::ManifestContents& manifest,
                                           const sepolicy::Policy& base) {
  std::vector<std::string> problems;
  const auto missing = [&](std::string_view what, std::string_view name) {
    problems.push_back(fmt::format("the policy `{}` has no {} `{}`", base.name(), what, name));
  };
  const artifact::Requirements& due = manifest.requirements;
  for (const std::string& type : due.types) {
    if (base.Find(type).kind != NameLookup::Kind::kType) missing("type", type);
  }
  for (const std::string& attribute : due.attributes) {
    if (base.Find(attribute).kind != NameLookup::Kind::kAttribute) missing("attribute", attribute);
  }
  for (const std::string& boolean : due.booleans) {
    if (!base.FindBoolean(boolean)) missing("boolean", boolean);
  }
  for (const auto& [name, permissions] : due.classes) {
    for (const std::string& permission : permissions) {
      if (!base.HasPermission(name, permission))
        missing(fmt::format("permission of class `{}`:", name), permission);
    }
  }
  for (const auto& boolean : manifest.policy.booleans) {
    if (base.FindBoolean(boolean.name))
      problems.push_back(
          fmt::format("the policy `{}` has a boolean `{}` already", base.name(), boolean.name));
  }
  // Whom the manifest calls the kernel may send on every type of ours.
  const auto kernel = base.KernelType();
  const auto unlabeled = base.UnlabeledType();
  for (const auto& [what, named, type] :
       {std::tuple("kernel's type", manifest.policy.kernel_type, kernel),
        std::tuple("type of unlabelled packets", manifest.policy.unlabeled_type, unlabeled)}) {
    if (type && base.TypeName(*type) != named)
      problems.push_back(fmt::format("the {} is `{}` in the policy `{}`, and `{}` in manifest.json", what,
                                     base.TypeName(*type), base.name(), named));
  }
  for (const ir::Label& label : manifest.policy.labels) {
    const bool taken = base.Find(label.type).kind != NameLookup::Kind::kNone;
    if (label.own && taken)
      problems.push_back(fmt::format("the policy `{}` has a name `{}` already", base.name(), label.type));
    const std::string context =
        label.own && unlabeled ? WithType(label.context, base.TypeName(*unlabeled)) : label.context;
    if ((!label.own && !taken) || base.IsValidContext(context)) continue;
    problems.push_back(
        fmt::format("in the policy `{}` the context `{}` is not valid", base.name(), label.context));
  }
  std::set<std::string> named;
  for (const ir::Label& label : manifest.policy.labels) {
    if (label.kind != ir::LabelKind::kClass) continue;
    for (const ir::Grant& grant : label.grants) {
      const NameLookup found = base.Find(grant.domain);
      const bool domain = found.kind == NameLookup::Kind::kType && base.IsDomain(found.id);
      if (!domain && named.insert(grant.domain).second) missing("domain", grant.domain);
    }
  }
  return problems;
}

}  // namespace appnet::driver
