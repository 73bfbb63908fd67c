#pragma once
// Contract: a diagnostic as data. Rendering (text today) is elsewhere and never needed to make one.

#include <optional>
#include <string>
#include <vector>

#include "diag/kind.h"
#include "source/source_map.h"

namespace appnet::diag {

// A second place that matters, with what to say about it ("first declared here").
struct Label {
  source::Span span;
  std::string text;
};

struct Diagnostic {
  Kind kind;
  Severity severity;
  std::string message;               // lowercase, no final period, code in backticks
  std::optional<source::Span> span;  // the narrowest wrong text; none when no source file is to blame
  std::string span_text;             // said beside the underlined text; may be empty
  std::vector<Label> labels;
  std::vector<std::string> notes;  // what follows from it, or where a template was used
  std::vector<std::string> helps;  // what to write instead
};

}  // namespace appnet::diag
