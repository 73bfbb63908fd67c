#include "verify/rules/words.h"

#include <charconv>

namespace appnet::verify::rules {
namespace {

std::optional<base::Value> AddressValue(std::string_view text, base::Family family) {
  const std::optional<base::IpAddress> address = base::ParseAddress(text);
  if (!address || address->family != family) return std::nullopt;
  return address->value;
}

}  // namespace

std::optional<unsigned> DecimalNumber(std::string_view text, unsigned greatest) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > greatest) return std::nullopt;
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  return value;
}

std::optional<unsigned> HexNumber(std::string_view text, unsigned greatest) {
  if (!text.starts_with("0x")) return std::nullopt;
  text.remove_prefix(2);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size() || value > greatest) return std::nullopt;
  return value;
}

std::optional<base::Interval> NumberRange(std::string_view text, char separator, unsigned greatest) {
  const std::size_t at = text.find(separator);
  const auto low = DecimalNumber(text.substr(0, at), greatest);
  if (at == std::string_view::npos) return low ? std::optional(base::Interval{*low, *low}) : std::nullopt;
  const auto high = DecimalNumber(text.substr(at + 1), greatest);
  if (!low || !high || *low > *high) return std::nullopt;
  return base::Interval{*low, *high};
}

std::optional<base::Interval> AddressRange(std::string_view text, base::Family family) {
  const std::size_t at = text.find_first_of("/-");
  const auto low = AddressValue(text.substr(0, at), family);
  if (!low) return std::nullopt;
  if (at == std::string_view::npos) return base::Interval{*low, *low};
  if (text[at] == '-') {
    const auto high = AddressValue(text.substr(at + 1), family);
    if (!high || *low > *high) return std::nullopt;
    return base::Interval{*low, *high};
  }
  const auto bits = static_cast<unsigned>(base::AddressBits(family));
  const auto length = DecimalNumber(text.substr(at + 1), bits);
  if (!length) return std::nullopt;
  const base::Value host = *length == 0 ? base::MaxAddress(family) : (base::Value{1} << (bits - *length)) - 1;
  if ((*low & host) != 0) return std::nullopt;
  return base::Interval{*low, *low | host};
}

std::optional<unsigned> HostBitsOfMask(std::string_view text, base::Family family) {
  const auto mask = AddressValue(text, family);
  if (!mask) return std::nullopt;
  base::Value hosts = base::MaxAddress(family) - *mask;
  unsigned bits = 0;
  for (; (hosts & 1) != 0; hosts >>= 1) ++bits;
  return hosts == 0 ? std::optional(bits) : std::nullopt;
}

}  // namespace appnet::verify::rules
