#pragma once
// Contract: a span as lines and columns, both counted from 1, the end one past the last character. Columns in
// characters, as messages for people have them, and in UTF-16 code units, as editors and SARIF have them.

#include "source/source_map.h"

namespace appnet::diag {

struct Point {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::uint32_t utf16_column = 1;
};

struct Region {
  Point begin;
  Point end;
};

Region RegionOf(const source::SourceMap& sources, const source::Span& span);

}  // namespace appnet::diag
