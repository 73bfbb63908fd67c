#include "artifact/requirements.h"

#include <set>

namespace appnet::artifact {
namespace {

using Names = std::set<std::string>;

void AddAll(Names& names, const std::vector<std::string>& more) { names.insert(more.begin(), more.end()); }

std::vector<std::string> Sorted(Names names) {
  names.erase("");
  return {names.begin(), names.end()};
}

// What stands behind "user:role:type:".
std::string LevelOf(const std::string& context) {
  std::size_t begin = 0;
  for (int colons = 0; colons < 3; ++colons) {
    begin = context.find(':', begin);
    if (begin == std::string::npos) return "";
    ++begin;
  }
  return context.substr(begin);
}

// The permissions our module grants on the label.
void AddPermissions(Names& permissions, ir::LabelKind kind) {
  switch (kind) {
    case ir::LabelKind::kClass:
    case ir::LabelKind::kUnmatchedAudit:
      permissions.insert({"recv", "send"});
      break;
    case ir::LabelKind::kForwardClass:
    case ir::LabelKind::kForwardAudit:
      permissions.insert({"forward_in", "forward_out"});
      break;
    case ir::LabelKind::kTransit:
      permissions.insert("forward_in");
      break;
    case ir::LabelKind::kBase:
    case ir::LabelKind::kUnmatchedDeny:
    case ir::LabelKind::kForwardDeny:
      break;
  }
}

}  // namespace

Requirements RequirementsOf(const ir::Policy& policy) {
  Names types = {policy.kernel_type, policy.unlabeled_type};
  Names attributes;
  // The kernel sends and the loaders relabel to every type of ours, whatever it is for.
  Names permissions = {"relabelto", "send"};
  Requirements requirements;
  AddAll(types, policy.loaders);
  for (const auto& [loader, type] : policy.missing_relabelto) types.insert({loader, type});
  for (const ir::Label& label : policy.labels) {
    if (!label.own) types.insert(label.type);
    for (const ir::Grant& grant : label.grants) types.insert(grant.domain);
    if (label.own) AddPermissions(permissions, label.kind);
    if (label.kind == ir::LabelKind::kTransit) AddAll(types, policy.transit_types);
    if (label.kind == ir::LabelKind::kUnmatchedAudit || label.kind == ir::LabelKind::kForwardAudit) {
      attributes.insert(policy.domain_attribute);
      if (policy.domain_attribute.empty()) AddAll(types, policy.all_domains);
    }
    if (requirements.level.empty()) requirements.level = LevelOf(label.context);
  }
  requirements.types = Sorted(std::move(types));
  requirements.attributes = Sorted(std::move(attributes));
  requirements.booleans = Sorted(Names(policy.required_booleans.begin(), policy.required_booleans.end()));
  requirements.classes["packet"] = Sorted(std::move(permissions));
  return requirements;
}

}  // namespace appnet::artifact
