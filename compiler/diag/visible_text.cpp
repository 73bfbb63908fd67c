#include "diag/visible_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace appnet::diag {
namespace {

constexpr std::size_t kTabWidth = 4;

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 1;
  bool valid = false;  // false: one byte that begins no UTF-8 sequence
};

CodePoint Decode(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  std::size_t length = 0;
  std::uint32_t value = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
    value = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    value = lead & 0x0FU;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    value = lead & 0x07U;
  }
  if (length == 0 || bytes.size() < length) return {lead, 1, false};
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {lead, 1, false};
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest.at(length) || value > 0x10FFFF || surrogate) return {lead, 1, false};
  return {value, length, true};
}

struct Range {
  std::uint32_t low;
  std::uint32_t high;
};

template <std::size_t kCount>
bool InAny(const std::array<Range, kCount>& ranges, std::uint32_t value) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [value](const Range& r) { return r.low <= value && value <= r.high; });
}

// Controls, soft hyphen, direction marks and overrides, zero-width characters, odd line ends, tags.
constexpr auto kHidden = std::to_array<Range>({{0x00, 0x1F},
                                               {0x7F, 0x9F},
                                               {0xAD, 0xAD},
                                               {0x61C, 0x61C},
                                               {0x180E, 0x180E},
                                               {0x200B, 0x200F},
                                               {0x2028, 0x202E},
                                               {0x2060, 0x206F},
                                               {0xFEFF, 0xFEFF},
                                               {0xFFF9, 0xFFFB},
                                               {0xE0000, 0xE0FFF}});
constexpr auto kCombining = std::to_array<Range>(
    {{0x300, 0x36F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}});
constexpr auto kWide = std::to_array<Range>({{0x1100, 0x115F},
                                             {0x2E80, 0xA4CF},
                                             {0xAC00, 0xD7A3},
                                             {0xF900, 0xFAFF},
                                             {0xFE30, 0xFE6F},
                                             {0xFF00, 0xFF60},
                                             {0xFFE0, 0xFFE6},
                                             {0x1F300, 0x1FAFF},
                                             {0x20000, 0x3FFFD}});

std::size_t WidthOf(std::uint32_t value) {
  if (value < 0x300) return 1;
  if (InAny(kCombining, value)) return 0;
  return InAny(kWide, value) ? 2 : 1;
}

// The escape, or nothing for a character that may be shown as it is.
std::string EscapeOf(const CodePoint& point) {
  if (!point.valid || point.value < 0x20 || point.value == 0x7F) return fmt::format("\\x{:02x}", point.value);
  if (InAny(kHidden, point.value)) return fmt::format("\\u{{{:x}}}", point.value);
  return {};
}

}  // namespace

Visible VisibleSource(std::string_view bytes, std::size_t column) {
  Visible out;
  while (!bytes.empty()) {
    const CodePoint point = Decode(bytes);
    if (point.valid && point.value == '\t') {
      const std::size_t spaces = kTabWidth - (column + out.width) % kTabWidth;
      out.text.append(spaces, ' ');
      out.width += spaces;
    } else if (const std::string escape = EscapeOf(point); !escape.empty()) {
      out.text += escape;
      out.width += escape.size();
    } else {
      out.text += bytes.substr(0, point.length);
      out.width += WidthOf(point.value);
    }
    bytes.remove_prefix(point.length);
  }
  return out;
}

std::string VisibleMessage(std::string_view bytes, bool keep_breaks) {
  std::string out;
  while (!bytes.empty()) {
    const CodePoint point = Decode(bytes);
    const std::string escape = keep_breaks && point.value == '\n' ? std::string() : EscapeOf(point);
    if (escape.empty()) {
      out += bytes.substr(0, point.length);
    } else {
      out += escape;
    }
    bytes.remove_prefix(point.length);
  }
  return out;
}

}  // namespace appnet::diag
