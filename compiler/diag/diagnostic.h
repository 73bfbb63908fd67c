#pragma once
// Contract: a diagnostic as data. How it looks is the business of render.h and never needed to make one.

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

// An edit that mends the mistake. What it puts in is a name or a literal, never a whole line.
struct Fix {
  std::string text;  // one of the helps: what the edit is good for
  source::Span span;
  std::string replacement;
};

struct Diagnostic {
  Kind kind;
  Severity severity;                 // never kOff
  std::string message;               // lowercase, no final period, code in backticks
  std::optional<source::Span> span;  // the narrowest wrong text; none when no source file is to blame
  std::string span_text;             // said beside the underlined text; may be empty
  std::vector<Label> labels;
  std::vector<std::string> notes;  // what follows from it, or where a template was used
  std::vector<std::string> helps;  // what to write instead
  std::vector<Fix> fixes;          // only where it takes nothing but the edit
};

}  // namespace appnet::diag
