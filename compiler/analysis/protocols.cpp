#include "analysis/protocols.h"

namespace appnet::analysis {

std::string_view SocketClassOf(unsigned protocol, const sepolicy::Policy& base) {
  auto or_raw = [&](std::string_view object_class) -> std::string_view {
    return base.HasClass(object_class) ? object_class : "rawip_socket";
  };
  switch (protocol) {
    case flow::kProtocolTcp:
      return "tcp_socket";
    case flow::kProtocolUdp:
      return "udp_socket";
    case flow::kProtocolDccp:
      return or_raw("dccp_socket");
    case flow::kProtocolSctp:
      return or_raw("sctp_socket");
    case flow::kProtocolIcmp:
    case flow::kProtocolIcmpv6:
      return or_raw("icmp_socket");
    default:
      return "rawip_socket";
  }
}

std::set<unsigned> NamedProtocols(const sema::Rule& rule) {
  constexpr std::size_t kHandful = 8;
  std::set<unsigned> protocols;
  for (const flow::Family family : flow::kFamilies) {
    for (const flow::Interval& interval : rule.region.services.of(family)) {
      const auto low = static_cast<unsigned>(interval.low >> 16);
      const auto high = static_cast<unsigned>(interval.high >> 16);
      if (high - low >= kHandful) return {};
      for (unsigned protocol = low; protocol <= high; ++protocol) protocols.insert(protocol);
    }
  }
  return protocols.size() > kHandful ? std::set<unsigned>{} : protocols;
}

flow::IntervalSet PortsOf(const sema::Rule& rule, unsigned protocol) {
  const flow::IntervalSet whole =
      flow::IntervalSet::Of(flow::ServiceValue(protocol, 0), flow::ServiceValue(protocol, 0xffff));
  const flow::IntervalSet services = rule.region.services.v4.Union(rule.region.services.v6).Intersect(whole);
  std::vector<flow::Interval> ports;
  for (const flow::Interval& interval : services)
    ports.push_back({interval.low & 0xffff, interval.high & 0xffff});
  return flow::IntervalSet(std::move(ports));
}

}  // namespace appnet::analysis
