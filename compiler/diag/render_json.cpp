#include "diag/render_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "diag/region.h"
#include "diag/visible_text.h"

namespace appnet::diag {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormatVersion = 1;

Json PointJson(const Point& point, std::uint32_t offset) {
  return {{"line", point.line}, {"column", point.column}, {"offset", offset}};
}

void AddPlace(Json& json, const source::Span& span, const source::SourceMap& sources) {
  const Region region = RegionOf(sources, span);
  json[sources.IsFile(span.file) ? "file" : "in"] = sources.Name(span.file);
  json["begin"] = PointJson(region.begin, span.begin);
  json["end"] = PointJson(region.end, std::max(span.begin, span.end));
}

Json Texts(const std::vector<std::string>& texts) {
  Json json = Json::array();
  for (const std::string& text : texts) json.push_back(VisibleMessage(text, true));
  return json;
}

Json DiagnosticJson(const Diagnostic& diagnostic, const source::SourceMap& sources) {
  Json json{{"kind", SlugOf(diagnostic.kind)},
            {"severity", WordOf(diagnostic.severity)},
            {"message", VisibleMessage(diagnostic.message)}};
  if (diagnostic.span) AddPlace(json, *diagnostic.span, sources);
  if (!diagnostic.span_text.empty()) json["beside"] = VisibleMessage(diagnostic.span_text);
  json["labels"] = Json::array();
  for (const Label& label : diagnostic.labels) {
    Json one{{"text", VisibleMessage(label.text)}};
    AddPlace(one, label.span, sources);
    json["labels"].push_back(std::move(one));
  }
  json["helps"] = Texts(diagnostic.helps);
  json["notes"] = Texts(diagnostic.notes);
  json["fixes"] = Json::array();
  for (const Fix& fix : diagnostic.fixes) {
    Json one{{"help", VisibleMessage(fix.text)}, {"replacement", fix.replacement}};
    AddPlace(one, fix.span, sources);
    json["fixes"].push_back(std::move(one));
  }
  return json;
}

}  // namespace

std::string RenderJson(const Report& report, const source::SourceMap& sources) {
  const Shown shown = SelectShown(report.diagnostics);
  const auto count = [&](Severity severity) {
    return std::ranges::count(report.diagnostics, severity, &Diagnostic::severity);
  };
  Json json{{"format_version", kFormatVersion},
            {"errors", count(Severity::kError)},
            {"warnings", count(Severity::kWarning)},
            {"notes", count(Severity::kNote)},
            {"failure", report.failure ? Json(VisibleMessage(*report.failure, true)) : Json(nullptr)},
            {"left_out", shown.left_out},
            {"messages", Json::array()}};
  for (const Diagnostic* diagnostic : shown.diagnostics)
    json["messages"].push_back(DiagnosticJson(*diagnostic, sources));
  return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace appnet::diag
