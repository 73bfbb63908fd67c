#include "artifact/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "artifact/installer.h"
#include "artifact/label_kinds.h"
#include "artifact/requirements.h"
#include "base/digest.h"

namespace appnet::artifact {
namespace {

using Json = nlohmann::ordered_json;

std::string_view NameOf(ir::LabelKind kind) {
  const auto found = std::ranges::find(kLabelKinds, kind, &std::pair<ir::LabelKind, std::string_view>::first);
  APPNET_CHECK(found != kLabelKinds.end(), "a label kind without a name");
  return found->second;
}

// null stands for "always", as in the answers of `appnetc query`.
Json ConditionJson(const ir::Policy& policy, flow::ConditionId condition) {
  if (condition == flow::kAlways) return nullptr;
  return policy.conditions.Text(condition);
}

Json GrantJson(const ir::Policy& policy, const ir::Grant& grant) {
  Json json = {{"domain", grant.domain},
               {"when", ConditionJson(policy, grant.allowed)},
               {"audited", grant.audited != flow::kNever}};
  if (grant.audited != flow::kNever) json["audited_when"] = ConditionJson(policy, grant.audited);
  return json;
}

Json LabelJson(const ir::Policy& policy, const ir::Label& label) {
  Json grants = Json::array();
  for (const ir::Grant& grant : label.grants) grants.push_back(GrantJson(policy, grant));
  Json json = {{"type", label.type}, {"context", label.context}, {"kind", NameOf(label.kind)},
               {"own", label.own},   {"grants", grants},         {"rules", label.rules}};
  if (!label.all_rules) json["all_rules"] = false;  // only the first of them are listed
  return json;
}

Json RuleJson(const ir::RuleOrigin& rule, std::size_t id) {
  Json json = {{"id", id}, {"at", rule.file + ":" + std::to_string(rule.line)}, {"text", rule.text}};
  if (!rule.used_at.empty()) json["used_at"] = rule.used_at;
  if (!rule.owner.empty()) json["owner"] = rule.owner;
  if (!rule.ticket.empty()) json["ticket"] = rule.ticket;
  if (!rule.expires.empty()) json["expires"] = rule.expires;
  return json;
}

Json RequirementsJson(const Requirements& requirements) {
  Json classes = Json::object();
  for (const auto& [name, permissions] : requirements.classes) classes[name] = permissions;
  return {{"types", requirements.types},
          {"attributes", requirements.attributes},
          {"booleans", requirements.booleans},
          {"classes", classes},
          {"mls_level", requirements.level.empty() ? Json(nullptr) : Json(requirements.level)}};
}

Json ProvidedJson(const ir::Policy& policy) {
  Json types = Json::array();
  for (const ir::Label& label : policy.labels) {
    if (label.own) types.push_back(label.type);
  }
  Json booleans = Json::object();
  for (const auto& boolean : policy.booleans) booleans[boolean.name] = boolean.value;
  return {{"types", types}, {"attribute", policy.attribute}, {"booleans", booleans}};
}

// What the module's rules rest on besides the grants: who reads the module back needs it.
Json ModuleJson(const ir::Policy& policy) {
  std::set<std::string_view> relabelled;
  for (const auto& [loader, type] : policy.missing_relabelto) relabelled.insert(type);
  const bool names_all = std::ranges::any_of(policy.labels, [](const ir::Label& label) {
    return label.kind == ir::LabelKind::kUnmatchedAudit || label.kind == ir::LabelKind::kForwardAudit;
  });
  return {{"kernel_attribute", policy.kernel_attribute},
          {"loader_attribute", policy.loader_attribute},
          {"kernel_type", policy.kernel_type},
          {"unlabeled_type", policy.unlabeled_type},
          {"kernel_sends_unlabeled", policy.kernel_sends_unlabeled},
          {"loaders", policy.loaders},
          {"domain_attribute", policy.domain_attribute},
          {"domains", names_all ? policy.all_domains : std::vector<std::string>()},
          {"transit_types", policy.transit_types},
          {"relabelled_base_types", relabelled}};
}

// A line for each member, and for each element of a list of objects: large policies have tens of thousands,
// and people compare manifests with diff.
std::string TextOf(const Json& manifest) {
  const auto compact = [](const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  std::string text = "{";
  const char* next_member = "\n  ";
  for (const auto& [key, value] : manifest.items()) {
    text.append(next_member).append(compact(key)).append(": ");
    next_member = ",\n  ";
    if (!value.is_array() || value.empty() || !value.front().is_object()) {
      text += compact(value);
      continue;
    }
    const char* next_element = "[\n    ";
    for (const Json& element : value) {
      text.append(next_element).append(compact(element));
      next_element = ",\n    ";
    }
    text += "\n  ]";
  }
  return text + "\n}\n";
}

Json LabelTypeJson(const ir::Policy& policy, ir::LabelId label) {
  return label < policy.labels.size() ? Json(policy.labels[label].type) : Json(nullptr);
}

}  // namespace

std::string Manifest(const ir::Policy& policy, const std::vector<base::OutputFile>& files,
                     const Inputs& inputs) {
  Json sources = Json::array();
  for (const Source& source : inputs.sources) {
    sources.push_back({{"name", source.name}, {"sha256", source.sha256}});
  }
  Json modules = Json::array();
  for (const Source& module : inputs.modules) {
    modules.push_back({{"name", module.name}, {"sha256", module.sha256}});
  }
  Json parts = Json::array();
  for (const base::OutputFile& file : files) {
    parts.push_back({{"name", file.name}, {"size", file.bytes.size()}, {"sha256", base::Sha256(file.bytes)}});
  }
  Json labels = Json::array();
  for (const ir::Label& label : policy.labels) labels.push_back(LabelJson(policy, label));
  Json rules = Json::array();
  for (std::size_t i = 0; i < policy.rules.size(); ++i) rules.push_back(RuleJson(policy.rules[i], i));

  const Json manifest = {
      {"format_version", kManifestFormat},
      {"name", policy.name},
      {"compiler", {{"name", "appnetc"}, {"version", inputs.compiler_version}}},
      {"sources", sources},
      {"base_policy",
       {{"name", inputs.base_policy_name},
        {"version", inputs.base_policy_version},
        {"mls", inputs.base_policy_mls},
        {"sha256", inputs.base_policy_sha256}}},
      {"modules", modules},
      {"backends", BackendsOf(policy.name, files)},
      {"parts", parts},
      {"packet_types", labels},
      {"unmatched",
       {{"local", LabelTypeJson(policy, policy.unmatched)},
        {"forward", LabelTypeJson(policy, policy.unmatched_forward)},
        {"transit", LabelTypeJson(policy, policy.transit)}}},
      {"enforce_always", policy.enforce_always},
      {"rules", rules},
      {"requires", RequirementsJson(RequirementsOf(policy))},
      {"provides", ProvidedJson(policy)},
      {"module", ModuleJson(policy)},
  };
  return TextOf(manifest);
}

}  // namespace appnet::artifact
