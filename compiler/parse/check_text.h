#pragma once
// Contract: whether a source file is text at all: UTF-8 (a byte order mark is accepted), without control
// characters but tab and line breaks, and without characters that turn the direction of writing, which make a
// rule look like another. What is not is reported, and then the file is not parsed.

#include <cstddef>
#include <optional>
#include <string_view>

#include "diag/emitter.h"
#include "source/source_map.h"

namespace appnet::parse {

// Where the text begins (after a byte order mark), or no value when it was reported. `whole`: what it is,
// "file" or "sentence".
std::optional<std::size_t> CheckText(const source::SourceMap& sources, source::FileId file,
                                     std::string_view whole, diag::Emitter& emitter);

}  // namespace appnet::parse
