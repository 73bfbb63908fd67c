#include "sema/number.h"

#include <algorithm>

namespace appnet::sema {

bool IsDecimal(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<unsigned> ParseNumber(std::string_view text, unsigned max) {
  if (!IsDecimal(text) || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  unsigned long long value = 0;
  for (const char c : text) {
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > max) return std::nullopt;
  }
  return static_cast<unsigned>(value);
}

}  // namespace appnet::sema
