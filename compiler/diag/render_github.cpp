#include "diag/render_github.h"

#include <fmt/format.h>

#include <string_view>

#include "diag/region.h"
#include "diag/visible_text.h"

namespace appnet::diag {
namespace {

// As actions/toolkit does (packages/core/src/command.ts, escapeData and escapeProperty).
std::string Escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    if (special) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string Data(std::string_view text) { return Escaped(VisibleMessage(text, true), false); }
// A file's name must stay the name, so its bytes are not made visible.
std::string Property(std::string_view text) { return Escaped(text, true); }

std::string_view CommandOf(Severity severity) {
  return severity == Severity::kError ? "error" : severity == Severity::kWarning ? "warning" : "notice";
}

std::string PlaceOf(const source::Span& span, const source::SourceMap& sources) {
  const Region region = RegionOf(sources, span);
  std::string place = fmt::format("file={},line={},endLine={}", Property(sources.Name(span.file)),
                                  region.begin.line, region.end.line);
  if (region.begin.line == region.end.line)
    place += fmt::format(",col={},endColumn={}", region.begin.column, region.end.column);
  return place + ",";
}

std::string MessageOf(const Diagnostic& diagnostic, const source::SourceMap& sources) {
  std::string text = diagnostic.message;
  if (!diagnostic.span_text.empty()) text += ": " + diagnostic.span_text;
  for (const Label& label : diagnostic.labels)
    text += fmt::format("\n{}: {}", sources.FileLine(label.span), label.text);
  for (const std::string& help : diagnostic.helps) text += "\nhelp: " + help;
  for (const std::string& note : diagnostic.notes) text += "\nnote: " + note;
  return text;
}

}  // namespace

std::string RenderGithub(const Report& report, const source::SourceMap& sources) {
  std::string out;
  const Shown shown = SelectShown(report.diagnostics);
  for (const Diagnostic* diagnostic : shown.diagnostics) {
    const bool in_file = diagnostic->span && sources.IsFile(diagnostic->span->file);
    out += fmt::format("::{} {}title={}::{}\n", CommandOf(diagnostic->severity),
                       in_file ? PlaceOf(*diagnostic->span, sources) : "", SlugOf(diagnostic->kind),
                       Data(MessageOf(*diagnostic, sources)));
  }
  if (shown.left_out > 0)
    out += fmt::format("::notice title=appnetc::{} more messages are not shown\n", shown.left_out);
  if (report.failure) out += fmt::format("::error title=appnetc::{}\n", Data(*report.failure));
  return out;
}

}  // namespace appnet::diag
