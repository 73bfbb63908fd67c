// Changes as SARIF 2.1.0.

#include <fmt/format.h>

#include "diag/sarif_log.h"
#include "query/changes.h"

namespace appnet::query {
namespace {

using Json = nlohmann::ordered_json;
using diag::SarifText;

struct Rule {
  std::string_view id, summary;
};
// By ChangeKind; the last is of settings.
constexpr Rule kRules[] = {
    {"gained-flows", "domains may in flows in which they could not before"},
    {"lost-flows", "domains may no longer in flows in which they could before"},
    {"changed-condition", "domains may under other booleans, or with other permissions"},
    {"changed-logging", "packets are logged that were not, or no longer are"},
    {"changed-label", "flows carry another type of the base policy"},
    {"changed-setting", "a setting that holds for all flows has another value"},
};
constexpr std::size_t kSettingRule = std::size(kRules) - 1;

Json Rules() {
  Json rules = Json::array();
  for (const Rule& rule : kRules)
    rules.push_back({{"id", rule.id}, {"shortDescription", {{"text", rule.summary}}}});
  return rules;
}

// A file of an artifact's sources need not be here.
Json LocationOf(const RulePlace& rule) {
  if (rule.column == 0)
    return {{"logicalLocations", Json::array({{{"name", fmt::format("{}:{}", rule.file, rule.line)}}})}};
  return {
      {"physicalLocation",
       {{"artifactLocation", {{"uri", diag::SarifUri(rule.file)}}}, {"region", {{"startLine", rule.line}}}}}};
}

// A change is where the rule is that made it so, else where the one is that is gone.
Json ResultOf(const Change& change) {
  const auto rule = static_cast<std::size_t>(change.kind);
  std::string text = HeadOf(change);
  for (const std::string& flow : change.flows) text += "\n" + flow;
  if (!change.all_regions) text += "\n...";
  Json result{{"ruleId", kRules[rule].id},
              {"ruleIndex", rule},
              {"level", change.kind == ChangeKind::kGains ? "warning" : "note"},
              {"message", SarifText(text)}};
  const bool gone = change.reason[1].rules.empty();
  Json locations = Json::array();
  Json related = Json::array();
  for (const std::size_t side : {std::size_t{1}, std::size_t{0}}) {
    for (const RulePlace& place : change.reason[side].rules) {
      if (side == (gone ? 0 : 1) && locations.empty()) {
        locations.push_back(LocationOf(place));
        continue;
      }
      Json one{{"id", related.size() + 1}};
      one.update(LocationOf(place));
      one["message"] = SarifText(fmt::format("{}: {}", side == 0 ? "before" : "after", place.text));
      related.push_back(std::move(one));
    }
  }
  result["locations"] = std::move(locations);
  if (!related.empty()) result["relatedLocations"] = std::move(related);
  return result;
}

}  // namespace

std::string ChangesSarif(const Changes& changes, std::string_view version) {
  Json results = Json::array();
  for (const SettingChange& setting : changes.settings)
    results.push_back({{"ruleId", kRules[kSettingRule].id},
                       {"ruleIndex", kSettingRule},
                       {"level", "warning"},
                       {"message", SarifText(fmt::format("{}: {} -> {}", setting.setting, setting.value[0],
                                                         setting.value[1]))},
                       {"locations", Json::array()}});
  for (const Change& change : changes.flows) results.push_back(ResultOf(change));
  return diag::SarifLog({Rules(), std::move(results), Json::array(), true}, version);
}

}  // namespace appnet::query
