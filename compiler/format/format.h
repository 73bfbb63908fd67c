#pragma once
// Contract: a file's text in canonical layout, for `appnetc fmt`. The words and the comments are the same, in
// the same order; what changes is the space between them, and the place of a comment that stands where no
// line can end. Formatting its own output changes nothing. The layout is in docs/format.md.

#include <optional>
#include <string>

#include "diag/emitter.h"
#include "source/source_map.h"

namespace appnet::format {

// Lines are broken to be no wider, in characters, where the language lets them.
inline constexpr std::size_t kWidth = 120;

// No value when the file has syntax errors, which are reported.
std::optional<std::string> Format(const source::SourceMap& sources, source::FileId file,
                                  diag::Emitter& emitter);

}  // namespace appnet::format
