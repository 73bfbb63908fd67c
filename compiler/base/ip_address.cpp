#include "base/ip_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>

#include "base/check.h"

namespace appnet::base {

Value MaxAddress(Family family) { return family == Family::kIpv4 ? Value{0xffffffffU} : ~Value{0}; }

std::optional<IpAddress> ParseAddress(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  std::array<unsigned char, 16> bytes{};
  const Family family = text.find(':') == std::string_view::npos ? Family::kIpv4 : Family::kIpv6;
  if (inet_pton(family == Family::kIpv4 ? AF_INET : AF_INET6, terminated.c_str(), bytes.data()) != 1)
    return std::nullopt;
  Value value = 0;
  for (int i = 0; i < AddressBits(family) / 8; ++i) value = value << 8 | bytes[static_cast<std::size_t>(i)];
  return IpAddress{family, value};
}

std::string FormatAddress(const IpAddress& address) {
  std::array<unsigned char, 16> bytes{};
  const int count = AddressBits(address.family) / 8;
  for (int i = 0; i < count; ++i) {
    bytes[static_cast<std::size_t>(i)] = static_cast<unsigned char>(address.value >> (8 * (count - 1 - i)));
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  const char* written =
      inet_ntop(address.family == Family::kIpv4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  APPNET_CHECK(written != nullptr, "inet_ntop failed");
  return written;
}

std::optional<int> PrefixOf(Family family, const Interval& interval) {
  const Value span = interval.high - interval.low;  // 2^n - 1 for a network
  if ((span & (span + 1)) != 0 || (interval.low & span) != 0) return std::nullopt;
  int host_bits = 0;
  for (Value rest = span; rest != 0; rest >>= 1) ++host_bits;
  return AddressBits(family) - host_bits;
}

std::vector<Interval> SplitIntoPrefixes(Family family, Interval interval) {
  std::vector<Interval> prefixes;
  Value low = interval.low;
  while (true) {
    Value span = 0;  // grow the block while it stays aligned and inside
    for (int bit = 0; bit < AddressBits(family); ++bit) {
      const Value wider = span << 1 | 1;
      if ((low & wider) != 0 || wider > interval.high - low) break;
      span = wider;
    }
    prefixes.push_back({low, low + span});
    if (low + span == interval.high) return prefixes;
    low += span + 1;
  }
}

std::string FormatAddressRange(Family family, const Interval& interval) {
  std::string low = FormatAddress({family, interval.low});
  if (interval.low == interval.high) return low;
  if (auto prefix = PrefixOf(family, interval)) return fmt::format("{}/{}", low, *prefix);
  return fmt::format("{}-{}", low, FormatAddress({family, interval.high}));
}

}  // namespace appnet::base
