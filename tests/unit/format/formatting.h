#pragma once
// What the tests of the formatter share.

#include <optional>
#include <string>

#include "diag/emitter.h"
#include "format/format.h"
#include "source/source_map.h"

namespace appnet::format {

inline std::optional<std::string> Formatted(const std::string& text) {
  source::SourceMap sources;
  diag::Emitter emitter;
  return Format(sources, sources.Add("a.appnet", text), emitter);
}

}  // namespace appnet::format
