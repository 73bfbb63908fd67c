#pragma once
// Contract: decimal numbers as they are written in addresses and services.

#include <optional>
#include <string_view>

namespace appnet::sema {

// No value when the text is no plain decimal number (a leading zero could be meant as octal) or is above
// `max`.
std::optional<unsigned> ParseNumber(std::string_view text, unsigned max);
bool IsDecimal(std::string_view text);

}  // namespace appnet::sema
