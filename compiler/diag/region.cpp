#include "diag/region.h"

#include <algorithm>
#include <string_view>

namespace appnet::diag {
namespace {

Point PointOf(const source::SourceMap& sources, source::FileId file, std::uint32_t offset) {
  const source::Position position = sources.PositionOf(file, offset);
  const std::string_view text = sources.Text(file);
  const auto line_begin = static_cast<std::size_t>(sources.Line(file, position.line).data() - text.data());
  const std::size_t end = std::clamp<std::size_t>(offset, line_begin, text.size());
  // What takes four bytes in UTF-8 is beyond U+FFFF: two units.
  const auto two_units = std::ranges::count_if(text.substr(line_begin, end - line_begin), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xF8U) == 0xF0U;
  });
  return {position.line, position.column, position.column + static_cast<std::uint32_t>(two_units)};
}

}  // namespace

Region RegionOf(const source::SourceMap& sources, const source::Span& span) {
  return {PointOf(sources, span.file, span.begin),
          PointOf(sources, span.file, std::max(span.begin, span.end))};
}

}  // namespace appnet::diag
