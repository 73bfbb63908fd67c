#pragma once
// Contract: diagnostics as a person reads them on a terminal, with the source line and the narrow text
// underlined.
//
//   error: unknown SELinux domain `mozila_t` [unknown-domain]
//     --> workstation.appnet:14:8
//      |
//   14 | domain mozila_t {
//      |        ^^^^^^^^ not in the policy `default`
//      = help: did you mean `mozilla_t`?
//
// Labels come after the primary place: on the same line as a further underline of dashes, elsewhere as a
// snippet of their own under `:::`. Of a span over several lines the first is shown.

#include <string>
#include <vector>

#include "diag/diagnostic.h"

namespace appnet::diag {

struct TextStyle {
  bool color = false;
};

// Each diagnostic ends with a newline and is followed by an empty line. Control characters, direction
// overrides and invalid bytes are shown as escapes, tabs as spaces; long lines are cut around the span. A
// last line counts what is not shown (report.h).
std::string RenderText(const std::vector<Diagnostic>& diagnostics, const source::SourceMap& sources,
                       TextStyle style);

}  // namespace appnet::diag
