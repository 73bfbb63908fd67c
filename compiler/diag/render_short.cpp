#include "diag/render_short.h"

#include <fmt/format.h>

#include "diag/report.h"
#include "diag/visible_text.h"

namespace appnet::diag {
namespace {

std::string PlaceOf(const Diagnostic& diagnostic, const source::SourceMap& sources) {
  if (!diagnostic.span) return "appnetc";
  const source::Position at = sources.PositionOf(diagnostic.span->file, diagnostic.span->begin);
  return fmt::format("{}:{}:{}", VisibleMessage(sources.Name(diagnostic.span->file)), at.line, at.column);
}

}  // namespace

std::string RenderShort(const std::vector<Diagnostic>& diagnostics, const source::SourceMap& sources) {
  std::string out;
  const Shown shown = SelectShown(diagnostics);
  for (const Diagnostic* diagnostic : shown.diagnostics) {
    out += fmt::format("{}: {}: {} [{}]\n", PlaceOf(*diagnostic, sources), WordOf(diagnostic->severity),
                       VisibleMessage(diagnostic->message), SlugOf(diagnostic->kind));
  }
  if (shown.left_out > 0) out += fmt::format("appnetc: {} more messages are not shown\n", shown.left_out);
  return out;
}

}  // namespace appnet::diag
