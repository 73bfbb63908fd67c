#pragma once
// Contract: numbers and addresses of a rules text, exactly as the writers print them: what the tools would
// also take (octal, names, host bits, reversed ranges) is refused.

#include <optional>
#include <string_view>

#include "base/interval_set.h"
#include "base/ip_address.h"

namespace appnet::verify::rules {

std::optional<unsigned> DecimalNumber(std::string_view text, unsigned greatest);
std::optional<unsigned> HexNumber(std::string_view text, unsigned greatest);  // "0x1F"
// "7", or "7-9" with the separator '-'.
std::optional<base::Interval> NumberRange(std::string_view text, char separator, unsigned greatest);
// "10.0.0.1", "10.0.0.0/8", "10.0.0.1-10.0.0.9"
std::optional<base::Interval> AddressRange(std::string_view text, base::Family family);
// "255.255.255.0": how many last bits a mask takes away; no value where it is not that of a prefix.
std::optional<unsigned> HostBitsOfMask(std::string_view text, base::Family family);

}  // namespace appnet::verify::rules
