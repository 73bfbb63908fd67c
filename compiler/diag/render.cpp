#include "diag/render.h"

#include <fmt/format.h>

#include "diag/render_github.h"
#include "diag/render_json.h"
#include "diag/render_sarif.h"
#include "diag/render_short.h"
#include "diag/render_text.h"
#include "diag/visible_text.h"

namespace appnet::diag {

std::optional<Format> FormatNamed(std::string_view name) {
  if (name == "human") return Format::kHuman;
  if (name == "short") return Format::kShort;
  if (name == "json") return Format::kJson;
  if (name == "sarif") return Format::kSarif;
  if (name == "github") return Format::kGithub;
  return std::nullopt;
}

bool IsDocument(Format format) { return format == Format::kJson || format == Format::kSarif; }

std::string Render(const Report& report, const source::SourceMap& sources, Format format,
                   const RenderOptions& options) {
  const auto failure = [&] {
    return report.failure ? fmt::format("appnetc: {}\n", VisibleMessage(*report.failure, true))
                          : std::string();
  };
  switch (format) {
    case Format::kHuman:
      break;
    case Format::kShort:
      return RenderShort(report.diagnostics, sources) + failure();
    case Format::kJson:
      return RenderJson(report, sources);
    case Format::kSarif:
      return RenderSarif(report, sources, options.version);
    case Format::kGithub:
      return RenderGithub(report, sources);
  }
  return RenderText(report.diagnostics, sources, {options.color}) + failure();
}

}  // namespace appnet::diag
