#include "diag/render_sarif.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "diag/region.h"
#include "diag/sarif_log.h"

namespace appnet::diag {
namespace {

using Json = nlohmann::ordered_json;

std::string_view LevelOf(Severity severity) { return severity == Severity::kOff ? "none" : WordOf(severity); }

Json ArtifactOf(const source::Span& span, const source::SourceMap& sources) {
  return {{"uri", SarifUri(sources.Name(span.file))}};
}

Json RegionJson(const source::Span& span, const source::SourceMap& sources) {
  const Region region = RegionOf(sources, span);
  return {{"startLine", region.begin.line},
          {"startColumn", region.begin.utf16_column},
          {"endLine", region.end.line},
          {"endColumn", region.end.utf16_column}};
}

// Text that is in no file has no physical location; its name says where to look.
Json LocationOf(const source::Span& span, const source::SourceMap& sources) {
  if (!sources.IsFile(span.file))
    return {{"logicalLocations", Json::array({{{"name", sources.Name(span.file)}}})}};
  return {{"physicalLocation",
           {{"artifactLocation", ArtifactOf(span, sources)}, {"region", RegionJson(span, sources)}}}};
}

Json FixOf(const Fix& fix, const source::SourceMap& sources) {
  const Json replacement{{"deletedRegion", RegionJson(fix.span, sources)},
                         {"insertedContent", {{"text", fix.replacement}}}};
  const Json change{{"artifactLocation", ArtifactOf(fix.span, sources)},
                    {"replacements", Json::array({replacement})}};
  return {{"description", SarifText(fix.text)}, {"artifactChanges", Json::array({change})}};
}

std::string MessageOf(const Diagnostic& diagnostic) {
  std::string text = diagnostic.message;
  if (!diagnostic.span_text.empty()) text += ": " + diagnostic.span_text;
  for (const std::string& help : diagnostic.helps) text += "\nhelp: " + help;
  for (const std::string& note : diagnostic.notes) text += "\nnote: " + note;
  return text;
}

Json ResultOf(const Diagnostic& diagnostic, const source::SourceMap& sources) {
  Json result{{"ruleId", SlugOf(diagnostic.kind)},
              {"ruleIndex", static_cast<std::size_t>(diagnostic.kind)},
              {"level", LevelOf(diagnostic.severity)},
              {"message", SarifText(MessageOf(diagnostic))},
              {"locations", Json::array()}};
  if (diagnostic.span) result["locations"].push_back(LocationOf(*diagnostic.span, sources));
  if (!diagnostic.labels.empty()) {
    Json related = Json::array();
    for (const Label& label : diagnostic.labels) {
      Json location{{"id", related.size() + 1}};
      location.update(LocationOf(label.span, sources));
      location["message"] = SarifText(label.text);
      related.push_back(std::move(location));
    }
    result["relatedLocations"] = std::move(related);
  }
  Json fixes = Json::array();
  for (const Fix& fix : diagnostic.fixes) {
    if (sources.IsFile(fix.span.file)) fixes.push_back(FixOf(fix, sources));
  }
  if (!fixes.empty()) result["fixes"] = std::move(fixes);
  return result;
}

// The order of the rules is that of the kinds: a kind's number is its rule's index.
Json Rules() {
  Json rules = Json::array();
  for (const Kind kind : AllKinds()) {
    const Severity severity = DefaultSeverityOf(kind);
    const std::string slug(SlugOf(kind));
    Json configuration{{"enabled", severity != Severity::kOff},
                       {"level", severity == Severity::kOff ? "warning" : LevelOf(severity)}};
    rules.push_back(
        {{"id", slug},
         {"shortDescription", {{"text", SummaryOf(kind)}}},
         {"help", {{"text", fmt::format("{}; `appnetc explain {}` tells more", SummaryOf(kind), slug)}}},
         {"defaultConfiguration", std::move(configuration)}});
  }
  return rules;
}

}  // namespace

std::string RenderSarif(const Report& report, const source::SourceMap& sources, std::string_view version) {
  const Shown shown = SelectShown(report.diagnostics);
  Json results = Json::array();
  for (const Diagnostic* diagnostic : shown.diagnostics) results.push_back(ResultOf(*diagnostic, sources));
  Json notifications = Json::array();
  if (shown.left_out > 0)
    notifications.push_back(
        {{"level", "note"},
         {"message", SarifText(fmt::format("{} more messages are not shown", shown.left_out))}});
  if (report.failure) notifications.push_back({{"level", "error"}, {"message", SarifText(*report.failure)}});
  return SarifLog({Rules(), std::move(results), std::move(notifications), !report.failure}, version);
}

}  // namespace appnet::diag
