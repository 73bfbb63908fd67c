#pragma once
// Contract: the ways to read a packet, from the table in backend/README.md: which part of it is which field
// of the flow.

#include <optional>
#include <string_view>
#include <tuple>

#include "ir/space.h"
#include "verify/rules/ruleset.h"

namespace appnet::verify::rules {

// `back`: the packet is an answer. `translated`: peer and port are those of the connection's reply tuple.
struct Reading {
  flow::Direction direction = flow::Direction::kConnect;
  bool back = false;
  bool translated = false;
  friend bool operator==(const Reading&, const Reading&) = default;
  friend bool operator<(const Reading& a, const Reading& b) {
    return std::tie(a.direction, a.back, a.translated) < std::tie(b.direction, b.back, b.translated);
  }
};

// No value where a part of the packet has no part in the flow.
std::optional<ir::Field> FieldOf(Selector selector, const Reading& reading);
std::string_view NameOf(Selector selector);  // "the source port"

constexpr unsigned IcmpOf(Family family) {
  return family == Family::kIpv4 ? flow::kProtocolIcmp : flow::kProtocolIcmpv6;
}
// The type of the ICMP request that an answer answers.
std::optional<unsigned> RequestOf(Family family, unsigned answer);

}  // namespace appnet::verify::rules
