#pragma once
// Contract: a report as text, in the format that --format names. One file a format; each ends with a newline
// unless it is empty, and none lets through what could act on a terminal or be taken for markup: source text
// and names are escaped in the format's own way.

#include <optional>
#include <string>
#include <string_view>

#include "diag/report.h"

namespace appnet::diag {

enum class Format {
  kHuman,   // render_text.h
  kShort,   // one line a diagnostic
  kJson,    // one object, see docs/messages.md
  kSarif,   // SARIF 2.1.0
  kGithub,  // workflow commands of GitHub Actions
};

std::optional<Format> FormatNamed(std::string_view name);
// One document however little there is to say; nothing else may stand beside it.
bool IsDocument(Format format);

struct RenderOptions {
  bool color = false;        // kHuman
  std::string_view version;  // of the program, for kSarif
};

std::string Render(const Report& report, const source::SourceMap& sources, Format format,
                   const RenderOptions& options);

}  // namespace appnet::diag
