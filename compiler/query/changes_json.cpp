// Changes for scripts.

#include <nlohmann/json.hpp>

#include "query/changes.h"
#include "query/reach.h"

namespace appnet::query {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;

std::string_view WordOf(Reason::How how) {
  switch (how) {
    case Reason::How::kGranted:
      return "granted";
    case Reason::How::kGoverned:
      return "governed";
    case Reason::How::kLabelled:
      return "labelled";
    case Reason::How::kUnmatched:
      break;
  }
  return "unmatched";
}

Json SideJson(const Change& change, std::size_t side) {
  const Reason& reason = change.reason[side];
  Json json = Json::object();
  if (change.kind != ChangeKind::kLabel) {
    const auto names = PermissionsOf(change.direction);
    for (std::size_t i = 0; i < names.size(); ++i) json[std::string(names[i])] = change.holding[side].may[i];
    json["logged"] = change.holding[side].logged;
  }
  json["by"] = WordOf(reason.how);
  json["types"] = reason.labels;
  json["rules"] = Json::array();
  for (const RulePlace& rule : reason.rules) {
    Json one{{"file", rule.file}, {"line", rule.line}, {"text", rule.text}};
    if (rule.column != 0) one["column"] = rule.column;
    json["rules"].push_back(std::move(one));
  }
  return json;
}

}  // namespace

std::string ChangesJson(const Changes& changes) {
  Json json{{"format_version", kFormatVersion}, {"settings", Json::array()}, {"changes", Json::array()}};
  for (const SettingChange& setting : changes.settings)
    json["settings"].push_back(
        {{"setting", setting.setting}, {"before", setting.value[0]}, {"after", setting.value[1]}});
  for (const Change& change : changes.flows)
    json["changes"].push_back({{"change", NameOf(change.kind)},
                               {"domains", change.domains},
                               {"direction", flow::NameOf(change.direction)},
                               {"flows", change.flows},
                               {"all_flows", change.all_regions},
                               {"before", SideJson(change, 0)},
                               {"after", SideJson(change, 1)}});
  return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace appnet::query
