#include "verify/module_expectation.h"

#include <array>
#include <set>

namespace appnet::verify {
namespace {

using ir::LabelKind;
using Permissions = std::array<std::string_view, 2>;
constexpr Permissions kLocal{"send", "recv"};
constexpr Permissions kForward{"forward_in", "forward_out"};

// Calls visit(domain, permission, grant) for each right that the label's own domains get.
template <typename Visit>
void ForEachGrant(const ir::Policy& policy, const ir::Label& label, Visit visit) {
  const auto both = [&](const Permissions& permissions, const std::string& domain, flow::ConditionId allowed,
                        flow::ConditionId audited) {
    for (const std::string_view permission : permissions) visit(domain, permission, allowed, audited);
  };
  switch (label.kind) {
    case LabelKind::kClass:
    case LabelKind::kForwardClass:
      for (const ir::Grant& grant : label.grants)
        both(label.kind == LabelKind::kClass ? kLocal : kForward, grant.domain, grant.allowed, grant.audited);
      break;
    case LabelKind::kUnmatchedAudit:
      for (const std::string& domain : policy.all_domains) both(kLocal, domain, flow::kAlways, flow::kAlways);
      break;
    case LabelKind::kForwardAudit:
      for (const std::string& domain : policy.all_domains)
        both(kForward, domain, flow::kAlways, flow::kAlways);
      both(kForward, policy.unlabeled_type, flow::kAlways, flow::kAlways);
      break;
    case LabelKind::kTransit:
      for (const std::string& type : policy.transit_types)
        visit(type, "forward_in", flow::kAlways, flow::kNever);
      break;
    case LabelKind::kBase:
    case LabelKind::kUnmatchedDeny:
    case LabelKind::kForwardDeny:
      break;
  }
}

}  // namespace

void AddAllowed(const ir::Policy& policy, Rights& rights) {
  Names& names = rights.names();
  std::vector<std::uint32_t> own;
  std::vector<std::uint32_t> loaders;
  for (const ir::Label& label : policy.labels) {
    if (label.own) own.push_back(names.Of(label.type));
  }
  for (const std::string& loader : policy.loaders) loaders.push_back(names.Of(loader));
  rights.AllowAll({names.Of(policy.kernel_type)}, names.Of("send"), own, flow::kAlways);
  rights.AllowAll(std::move(loaders), names.Of("relabelto"), std::move(own), flow::kAlways);
  for (const ir::Label& label : policy.labels) {
    if (!label.own) continue;
    ForEachGrant(policy, label,
                 [&](const std::string& domain, std::string_view permission, flow::ConditionId allowed,
                     flow::ConditionId) { rights.Allow(domain, permission, label.type, allowed); });
  }
}

void AddAllowedOnBaseTypes(const ir::Policy& policy, Rights& rights) {
  // Where one loader lacks relabelto on a base type, the module gives it to all of them.
  Names& names = rights.names();
  std::vector<std::uint32_t> loaders;
  for (const std::string& loader : policy.loaders) loaders.push_back(names.Of(loader));
  std::set<std::string_view> types;
  for (const auto& [lacking, type] : policy.missing_relabelto) types.insert(type);
  for (const std::string_view type : types)
    rights.AllowAll(loaders, names.Of("relabelto"), {names.Of(type)}, flow::kAlways);
  if (!policy.kernel_sends_unlabeled)
    rights.Allow(policy.kernel_type, "send", policy.unlabeled_type, flow::kAlways);
}

void AddAudited(const ir::Policy& policy, Rights& rights) {
  for (const ir::Label& label : policy.labels) {
    if (!label.own) continue;
    ForEachGrant(policy, label,
                 [&](const std::string& domain, std::string_view permission, flow::ConditionId,
                     flow::ConditionId audited) { rights.Audit(domain, permission, label.type, audited); });
    // The mark by which a later build knows our booleans (sepolicy/own_module.h).
    for (const auto& boolean : policy.booleans) {
      rights.Audit(policy.kernel_type, "relabelto", label.type, rights.conditions().Variable(boolean.name));
    }
  }
}

Module ExpectedModule(const ir::Policy& policy, Names& names, flow::Conditions& conditions) {
  Module module{{}, {}, {}, {}, {names, conditions}};
  module.attributes[policy.kernel_attribute].insert(policy.kernel_type);
  module.attributes[policy.loader_attribute].insert(policy.loaders.begin(), policy.loaders.end());
  Module::NameSet& own = module.attributes[policy.attribute];
  for (const ir::Label& label : policy.labels) {
    if (!label.own) continue;
    module.types.insert(label.type);
    own.insert(label.type);
  }
  for (const auto& boolean : policy.booleans) module.booleans.emplace(boolean.name, boolean.value);
  if (policy.enforce_always) module.capabilities.emplace("always_check_network");
  AddAllowed(policy, module.rights);
  AddAllowedOnBaseTypes(policy, module.rights);
  AddAudited(policy, module.rights);
  return module;
}

}  // namespace appnet::verify
