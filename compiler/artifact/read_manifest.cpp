#include "artifact/read_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "artifact/label_kinds.h"
#include "artifact/manifest.h"
#include "flow/read_condition.h"

namespace appnet::artifact {
namespace {

using Json = nlohmann::json;

// On the diagrams of all conditions; those of a policy that was built need thousands.
constexpr std::size_t kMostSteps = 5'000'000;

// Takes values out of the JSON; the first thing that is not as it should be is kept, and what comes after it
// no longer matters.
class ManifestReader {
 public:
  explicit ManifestReader(const Json& json) : json_(json) {}

  base::Result<ManifestContents> Read() {
    ManifestContents contents;
    ir::Policy& policy = contents.policy;
    policy.conditions.Limit(kMostSteps);
    policy.name = Text(json_, "name");
    ReadInputs(contents.inputs);
    contents.backends = Texts(json_, "backends");
    for (const Json& part : List(json_, "parts"))
      contents.parts.push_back({Text(part, "name"), Number(part, "size"), Text(part, "sha256")});
    for (const Json& label : List(json_, "packet_types"))
      policy.labels.push_back(Label(label, policy.conditions));
    const Json& unmatched = Object(json_, "unmatched");
    policy.unmatched = LabelNamed(unmatched, "local", policy);
    policy.unmatched_forward = LabelNamed(unmatched, "forward", policy);
    policy.transit = LabelNamed(unmatched, "transit", policy);
    policy.enforce_always = Bool(json_, "enforce_always");
    for (const Json& rule : List(json_, "rules")) policy.rules.push_back(Rule(rule));
    ReadModule(policy);
    ReadRequirements(contents.requirements);
    policy.required_booleans = ir::RequiredBooleans(policy);
    if (wrong_) return base::Error{"manifest.json: " + *wrong_};
    if (policy.conditions.exceeded())
      return base::Error{"manifest.json: its conditions are larger than can be read"};
    return contents;
  }

 private:
  void Wrong(std::string_view key, std::string_view due) {
    if (!wrong_) wrong_ = fmt::format("`{}` is missing or is no {}", key, due);
  }

  const Json& Value(const Json& object, const char* key) const {
    static const Json kNothing = Json::value_t::discarded;
    if (!object.is_object()) return kNothing;
    const auto found = object.find(key);
    return found == object.end() ? kNothing : *found;
  }
  const Json& Object(const Json& object, const char* key) {
    const Json& value = Value(object, key);
    if (!value.is_object()) Wrong(key, "object");
    return value;
  }
  const Json& List(const Json& object, const char* key) {
    static const Json kEmpty = Json::array();
    const Json& value = Value(object, key);
    if (value.is_array()) return value;
    Wrong(key, "list");
    return kEmpty;
  }
  std::string Text(const Json& object, const char* key) {
    const Json& value = Value(object, key);
    if (value.is_string()) return value.get<std::string>();
    Wrong(key, "text");
    return {};
  }
  std::vector<std::string> Texts(const Json& object, const char* key) {
    std::vector<std::string> texts;
    for (const Json& value : List(object, key)) {
      if (value.is_string()) {
        texts.push_back(value.get<std::string>());
      } else {
        Wrong(key, "list of texts");
      }
    }
    return texts;
  }
  bool Bool(const Json& object, const char* key) {
    const Json& value = Value(object, key);
    if (value.is_boolean()) return value.get<bool>();
    Wrong(key, "truth value");
    return false;
  }
  std::uint64_t Number(const Json& object, const char* key) {
    const Json& value = Value(object, key);
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    Wrong(key, "number");
    return 0;
  }
  // null stands for "always".
  flow::ConditionId Condition(const Json& object, const char* key, flow::Conditions& conditions) {
    if (Value(object, key).is_null()) return flow::kAlways;
    const auto condition = flow::ReadCondition(Text(object, key), conditions);
    if (condition) return *condition;
    Wrong(key, fmt::format("condition of at most {} booleans", flow::kMostBooleans));
    return flow::kNever;
  }

  ir::Label Label(const Json& json, flow::Conditions& conditions) {
    ir::Label label;
    label.type = Text(json, "type");
    label.context = Text(json, "context");
    label.own = Bool(json, "own");
    const auto kind = std::ranges::find(kLabelKinds, Text(json, "kind"),
                                        &std::pair<ir::LabelKind, std::string_view>::second);
    if (kind == kLabelKinds.end()) {
      Wrong("kind", "kind of packet type");
    } else {
      label.kind = kind->first;
    }
    for (const Json& grant : List(json, "grants")) {
      ir::Grant read{Text(grant, "domain"), Condition(grant, "when", conditions), flow::kNever};
      if (Bool(grant, "audited")) read.audited = Condition(grant, "audited_when", conditions);
      label.grants.push_back(std::move(read));
    }
    for (const Json& rule : List(json, "rules")) {
      label.rules.push_back(rule.is_number_unsigned() ? Number32(rule) : ~std::uint32_t{0});
      if (label.rules.back() == ~std::uint32_t{0}) Wrong("rules", "list of ids");
    }
    if (json.contains("all_rules")) label.all_rules = Bool(json, "all_rules");
    return label;
  }

  static std::uint32_t Number32(const Json& json) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(json.get<std::uint64_t>(), ~std::uint32_t{0}));
  }

  ir::RuleOrigin Rule(const Json& json) {
    ir::RuleOrigin rule;
    const std::string at = Text(json, "at");
    const std::size_t colon = std::min(at.rfind(':'), at.size());
    rule.file = at.substr(0, colon);
    rule.line = DecimalNumber(std::string_view(at).substr(std::min(colon + 1, at.size())));
    rule.text = Text(json, "text");
    if (json.contains("used_at")) rule.used_at = Texts(json, "used_at");
    for (const auto& [key, text] : {std::pair("owner", &rule.owner), std::pair("ticket", &rule.ticket),
                                    std::pair("expires", &rule.expires)}) {
      if (json.contains(key)) *text = Text(json, key);
    }
    return rule;
  }

  unsigned DecimalNumber(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) Wrong("at", "place of a rule");
    return number;
  }

  std::vector<Source> Sources(const char* key) {
    std::vector<Source> sources;
    for (const Json& source : List(json_, key))
      sources.push_back({Text(source, "name"), Text(source, "sha256")});
    return sources;
  }

  void ReadInputs(Inputs& inputs) {
    inputs.compiler_version = Text(Object(json_, "compiler"), "version");
    const Json& base = Object(json_, "base_policy");
    inputs.base_policy_name = Text(base, "name");
    inputs.base_policy_sha256 = Text(base, "sha256");
    inputs.base_policy_version = static_cast<unsigned>(Number(base, "version"));
    inputs.base_policy_mls = Bool(base, "mls");
    inputs.sources = Sources("sources");
    inputs.modules = Sources("modules");
  }

  ir::LabelId LabelNamed(const Json& object, const char* key, const ir::Policy& policy) {
    const auto label = std::ranges::find(policy.labels, Text(object, key), &ir::Label::type);
    if (label != policy.labels.end()) return static_cast<ir::LabelId>(label - policy.labels.begin());
    Wrong(key, "packet type of this manifest");
    return 0;
  }

  void ReadModule(ir::Policy& policy) {
    const Json& provides = Object(json_, "provides");
    policy.attribute = Text(provides, "attribute");
    const Json& booleans = Object(provides, "booleans");
    if (booleans.is_object()) {
      for (const auto& [name, value] : booleans.items()) {
        if (!value.is_boolean()) Wrong("booleans", "list of booleans");
        policy.booleans.push_back({name, value.is_boolean() && value.get<bool>()});
      }
    }
    const Json& module = Object(json_, "module");
    policy.kernel_attribute = Text(module, "kernel_attribute");
    policy.loader_attribute = Text(module, "loader_attribute");
    policy.kernel_type = Text(module, "kernel_type");
    policy.unlabeled_type = Text(module, "unlabeled_type");
    policy.kernel_sends_unlabeled = Bool(module, "kernel_sends_unlabeled");
    policy.loaders = Texts(module, "loaders");
    policy.domain_attribute = Text(module, "domain_attribute");
    policy.all_domains = Texts(module, "domains");
    policy.transit_types = Texts(module, "transit_types");
    for (const std::string& type : Texts(module, "relabelled_base_types"))
      policy.missing_relabelto.emplace_back("", type);
  }

  void ReadRequirements(Requirements& requirements) {
    const Json& json = Object(json_, "requires");
    requirements.types = Texts(json, "types");
    requirements.attributes = Texts(json, "attributes");
    requirements.booleans = Texts(json, "booleans");
    const Json& classes = Object(json, "classes");
    if (classes.is_object()) {
      for (const auto& [name, permissions] : classes.items())
        requirements.classes[name] = Texts(classes, name.c_str());
    }
    if (!Value(json, "mls_level").is_null()) requirements.level = Text(json, "mls_level");
  }

  const Json& json_;
  std::optional<std::string> wrong_;
};

}  // namespace

base::Result<ManifestContents> ReadManifest(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return base::Error{"manifest.json is no JSON, or is cut short"};
  const bool ours =
      json.is_object() && json.contains("format_version") && json["format_version"].is_number_unsigned();
  if (!ours) return base::Error{"manifest.json has no `format_version`"};
  if (json["format_version"] != kManifestFormat)
    return base::Error{fmt::format("manifest.json has the format {}, and this appnetc reads {}",
                                   json["format_version"].dump(), kManifestFormat)};
  return ManifestReader(json).Read();
}

}  // namespace appnet::artifact
