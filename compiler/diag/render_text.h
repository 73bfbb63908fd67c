#pragma once
// Contract: diagnostics as a person reads them on a terminal, with the source line and the narrow text underlined.

#include <string>
#include <vector>

#include "diag/diagnostic.h"

namespace appnet::diag {

struct TextStyle {
  bool color = false;
};

// Each diagnostic ends with a newline and is followed by an empty line. Control characters of the source are shown as
// spaces or escapes, long lines are cut around the span.
std::string RenderText(const std::vector<Diagnostic>& diagnostics, const source::SourceMap& sources, TextStyle style);

}  // namespace appnet::diag
