#include "sema/icmp_types.h"

#include <algorithm>

namespace appnet::sema {
namespace {

constexpr std::nullopt_t kAnyCode = std::nullopt;

}  // namespace

const std::vector<IcmpMessage>& IcmpMessages(flow::Family family) {
  static const std::vector<IcmpMessage> v4 = {
      {"echo-reply", 0, kAnyCode},
      {"pong", 0, kAnyCode},
      {"destination-unreachable", 3, kAnyCode},
      {"network-unreachable", 3, 0},
      {"host-unreachable", 3, 1},
      {"protocol-unreachable", 3, 2},
      {"port-unreachable", 3, 3},
      {"fragmentation-needed", 3, 4},
      {"source-route-failed", 3, 5},
      {"network-unknown", 3, 6},
      {"host-unknown", 3, 7},
      {"network-prohibited", 3, 9},
      {"host-prohibited", 3, 10},
      {"TOS-network-unreachable", 3, 11},
      {"TOS-host-unreachable", 3, 12},
      {"communication-prohibited", 3, 13},
      {"host-precedence-violation", 3, 14},
      {"precedence-cutoff", 3, 15},
      {"source-quench", 4, kAnyCode},
      {"redirect", 5, kAnyCode},
      {"network-redirect", 5, 0},
      {"host-redirect", 5, 1},
      {"TOS-network-redirect", 5, 2},
      {"TOS-host-redirect", 5, 3},
      {"echo-request", 8, kAnyCode},
      {"ping", 8, kAnyCode},
      {"router-advertisement", 9, kAnyCode},
      {"router-solicitation", 10, kAnyCode},
      {"time-exceeded", 11, kAnyCode},
      {"ttl-exceeded", 11, kAnyCode},
      {"ttl-zero-during-transit", 11, 0},
      {"ttl-zero-during-reassembly", 11, 1},
      {"parameter-problem", 12, kAnyCode},
      {"ip-header-bad", 12, 0},
      {"required-option-missing", 12, 1},
      {"timestamp-request", 13, kAnyCode},
      {"timestamp-reply", 14, kAnyCode},
      {"info-request", 15, kAnyCode},
      {"info-reply", 16, kAnyCode},
      {"address-mask-request", 17, kAnyCode},
      {"address-mask-reply", 18, kAnyCode},
  };
  static const std::vector<IcmpMessage> v6 = {
      {"destination-unreachable", 1, kAnyCode},
      {"no-route", 1, 0},
      {"communication-prohibited", 1, 1},
      {"beyond-scope", 1, 2},
      {"address-unreachable", 1, 3},
      {"port-unreachable", 1, 4},
      {"failed-policy", 1, 5},
      {"reject-route", 1, 6},
      {"packet-too-big", 2, kAnyCode},
      {"time-exceeded", 3, kAnyCode},
      {"ttl-exceeded", 3, kAnyCode},
      {"ttl-zero-during-transit", 3, 0},
      {"ttl-zero-during-reassembly", 3, 1},
      {"parameter-problem", 4, kAnyCode},
      {"bad-header", 4, 0},
      {"unknown-header-type", 4, 1},
      {"unknown-option", 4, 2},
      {"echo-request", 128, kAnyCode},
      {"ping", 128, kAnyCode},
      {"echo-reply", 129, kAnyCode},
      {"pong", 129, kAnyCode},
      {"mld-listener-query", 130, kAnyCode},
      {"mld-listener-report", 131, kAnyCode},
      {"mld-listener-done", 132, kAnyCode},
      {"mld-listener-reduction", 132, kAnyCode},
      {"router-solicitation", 133, kAnyCode},
      {"nd-router-solicit", 133, kAnyCode},
      {"router-advertisement", 134, kAnyCode},
      {"nd-router-advert", 134, kAnyCode},
      {"neighbor-solicitation", 135, kAnyCode},
      {"neighbour-solicitation", 135, kAnyCode},
      {"nd-neighbor-solicit", 135, kAnyCode},
      {"neighbor-advertisement", 136, kAnyCode},
      {"neighbour-advertisement", 136, kAnyCode},
      {"nd-neighbor-advert", 136, kAnyCode},
      {"redirect", 137, kAnyCode},
      {"nd-redirect", 137, kAnyCode},
      {"router-renumbering", 138, kAnyCode},
      {"ind-neighbor-solicit", 141, kAnyCode},
      {"ind-neighbor-advert", 142, kAnyCode},
      {"mld2-listener-report", 143, kAnyCode},
  };
  return family == flow::Family::kIpv4 ? v4 : v6;
}

std::optional<IcmpMessage> FindIcmpMessage(flow::Family family, std::string_view name) {
  const std::vector<IcmpMessage>& messages = IcmpMessages(family);
  const auto found = std::find_if(messages.begin(), messages.end(),
                                  [&](const IcmpMessage& message) { return message.name == name; });
  return found == messages.end() ? std::nullopt : std::optional(*found);
}

}  // namespace appnet::sema
