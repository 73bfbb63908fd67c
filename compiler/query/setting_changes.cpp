#include "query/setting_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace appnet::query {
namespace {

// What a policy can't be told apart by is one mode: `inherit` from a base policy that labels no port is
// `base`.
std::string ModeOf(const ir::Policy& policy, ir::LabelId unmatched) {
  switch (policy.labels[unmatched].kind) {
    case ir::LabelKind::kUnmatchedAudit:
    case ir::LabelKind::kForwardAudit:
      return "audit";
    case ir::LabelKind::kUnmatchedDeny:
    case ir::LabelKind::kForwardDeny:
      return "deny";
    default:
      break;
  }
  const bool inherits =
      unmatched == policy.unmatched && std::ranges::any_of(policy.inherited, [&](ir::NodeId node) {
        return !policy.diagram.IsLeaf(node) || policy.diagram.LeafOf(node) != ir::kMiss;
      });
  return inherits ? "inherit" : "base";
}

}  // namespace

std::vector<SettingChange> FindSettingChanges(const ir::Policy& before, const ir::Policy& after) {
  std::vector<SettingChange> changes;
  const auto compare = [&](std::string setting, std::string old_value, std::string new_value) {
    if (old_value != new_value)
      changes.push_back({std::move(setting), {std::move(old_value), std::move(new_value)}});
  };
  compare("unmatched", ModeOf(before, before.unmatched), ModeOf(after, after.unmatched));
  const auto forward = [](const ir::Policy& policy) {
    const std::string mode = ModeOf(policy, policy.unmatched_forward);
    return mode == "inherit" ? "base" : mode;  // of local traffic alone
  };
  compare("unmatched forward", forward(before), forward(after));
  const auto always = [](const ir::Policy& policy) { return policy.enforce_always ? "yes" : "no"; };
  compare("enforce always", always(before), always(after));
  std::map<std::string, std::array<std::string, 2>> booleans;
  for (const auto& boolean : before.booleans) booleans[boolean.name][0] = boolean.value ? "true" : "false";
  for (const auto& boolean : after.booleans) booleans[boolean.name][1] = boolean.value ? "true" : "false";
  for (auto& [name, values] : booleans) {
    for (std::string& value : values) {
      if (value.empty()) value = "not declared";
    }
    compare("boolean " + name, values[0], values[1]);
  }
  return changes;
}

}  // namespace appnet::query
