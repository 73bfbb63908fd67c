#pragma once
// Contract: reading and writing IP addresses as numbers. An IPv4 address is 0 .. 2^32-1, an IPv6 address 0 ..
// 2^128-1, both in network order of significance. Text forms are those of inet_pton(3) and, for writing, RFC
// 5952.

#include <optional>
#include <string>
#include <string_view>

#include "base/interval_set.h"

namespace appnet::base {

enum class Family { kIpv4, kIpv6 };

struct IpAddress {
  Family family = Family::kIpv4;
  Value value = 0;
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

constexpr int AddressBits(Family family) { return family == Family::kIpv4 ? 32 : 128; }
Value MaxAddress(Family family);

// No value when the text is no address (leading zeros and zone ids are refused, as inet_pton does).
std::optional<IpAddress> ParseAddress(std::string_view text);
std::string FormatAddress(const IpAddress& address);

// The prefix length whose network is exactly [low, high], or no value.
std::optional<int> PrefixOf(Family family, const Interval& interval);
// The fewest networks whose union is the interval, in ascending order, each as an interval.
std::vector<Interval> SplitIntoPrefixes(Family family, Interval interval);
// "10.0.0.1", "10.0.0.0/8" or "10.0.0.1-10.0.0.9".
std::string FormatAddressRange(Family family, const Interval& interval);

}  // namespace appnet::base
