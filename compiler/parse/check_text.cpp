#include "parse/check_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "parse/parse.h"

namespace appnet::parse {
namespace {

using diag::Kind;
using source::Span;

std::uint8_t ByteAt(std::string_view text, std::size_t i) { return static_cast<std::uint8_t>(text[i]); }

// The length of the UTF-8 sequence at `i` as the Unicode standard's table 3-7 has it (nothing overlong, no
// surrogates, nothing above U+10FFFF), or 0.
std::size_t SequenceLength(std::string_view text, std::size_t i) {
  const std::uint8_t lead = ByteAt(text, i);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  }
  if (length == 0 || i + length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if (ByteAt(text, i + k) < low || ByteAt(text, i + k) > high) return 0;
    low = 0x80;
    high = 0xBF;
  }
  return length;
}

std::uint32_t CodePointAt(std::string_view text, std::size_t i, std::size_t length) {
  if (length == 1) return ByteAt(text, i);
  std::uint32_t value = ByteAt(text, i) & (0xFFU >> (length + 1));
  for (std::size_t k = 1; k < length; ++k) value = (value << 6U) | (ByteAt(text, i + k) & 0x3FU);
  return value;
}

bool TurnsDirection(std::uint32_t value) {
  return (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
}

bool IsControl(std::string_view text, std::size_t i, std::uint32_t value) {
  if (value == '\t' || value == '\n') return false;
  if (value == '\r') return i + 1 >= text.size() || text[i + 1] != '\n';
  return value < 0x20 || (value >= 0x7F && value <= 0x9F);
}

std::string NameOf(std::uint32_t value) {
  if (value == 0) return "a NUL byte";
  if (value == '\r') return "a carriage return that ends no line";
  if (TurnsDirection(value))
    return fmt::format("the character U+{:04X}, which turns the direction of writing", value);
  return fmt::format("the control character U+{:04X}", value);
}

bool IsUtf16(std::string_view text) { return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"); }

}  // namespace

std::optional<std::size_t> CheckText(const source::SourceMap& sources, source::FileId file,
                                     std::string_view whole, diag::Emitter& emitter) {
  const std::string_view text = sources.Text(file);
  const auto span = [&](std::size_t begin, std::size_t length) {
    return Span{file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + length)};
  };
  if (IsUtf16(text)) {
    emitter
        .Report(Kind::kNotUtf8, span(0, 2),
                fmt::format("the {} is UTF-16 text, and policies are UTF-8", whole))
        .Beside("a UTF-16 byte order mark")
        .Help("save it as UTF-8");
    return std::nullopt;
  }
  const std::size_t begin = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  int reported = 0;
  for (std::size_t i = begin; i < text.size();) {
    const std::size_t length = SequenceLength(text, i);
    if (length == 0) {
      // One is enough: a file in another encoding has thousands.
      emitter
          .Report(Kind::kNotUtf8, span(i, 1),
                  fmt::format("the {} is not UTF-8 text: byte 0x{:02X}", whole, ByteAt(text, i)))
          .Help("save it as UTF-8");
      return std::nullopt;
    }
    const std::uint32_t value = CodePointAt(text, i, length);
    if (IsControl(text, i, value) || TurnsDirection(value)) {
      emitter
          .Report(Kind::kForbiddenCharacter, span(i, length), fmt::format("the text holds {}", NameOf(value)))
          .Help("remove it");
      if (++reported == kMaxSyntaxErrors) break;
    }
    i += length;
  }
  if (reported > 0) return std::nullopt;
  return begin;
}

}  // namespace appnet::parse
