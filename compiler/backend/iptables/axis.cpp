#include "backend/iptables/axis.h"

#include <fmt/format.h>

namespace appnet::backend::iptables {
namespace {

// "10.0.0.1" or "10.0.0.0/8", when the interval is a network.
std::optional<std::string> Network(Family family, const Interval& interval) {
  const std::optional<int> bits = base::PrefixOf(family, interval);
  if (!bits) return std::nullopt;
  std::string text = base::FormatAddress({family, interval.low});
  if (*bits != base::AddressBits(family)) text += fmt::format("/{}", *bits);
  return text;
}

}  // namespace

std::string ProtocolMatch(Family family, unsigned protocol) {
  switch (protocol) {
    case flow::kProtocolTcp:
      return "-p tcp";
    case flow::kProtocolUdp:
      return "-p udp";
    case flow::kProtocolIcmp:
      if (family == Family::kIpv4) return "-p icmp";
      break;
    case flow::kProtocolIcmpv6:
      if (family == Family::kIpv6) return "-p ipv6-icmp";
      break;
    default:
      break;
  }
  return fmt::format("-p {}", protocol);  // a small system may lack /etc/protocols
}

Axis Axis::Port(unsigned protocol, const PacketFields& fields) {
  Axis axis(Kind::kPort, Family::kIpv4, 0xffff);
  const std::string match = ProtocolMatch(Family::kIpv4, protocol);
  const bool own_match = protocol == flow::kProtocolTcp || protocol == flow::kProtocolUdp;
  if (fields.translated) {
    axis.exact_ = match + " -m conntrack --ctreplsrcport ";
  } else if (own_match) {
    axis.exact_ =
        fmt::format("{} -m {} --{}port ", match, match.substr(3), fields.port_is_source ? 's' : 'd');
  } else {
    axis.exact_ = fmt::format("{} -m multiport --{}ports ", match, fields.port_is_source ? 's' : 'd');
  }
  axis.range_ = axis.exact_;
  return axis;
}

Axis Axis::Peer(Family family, const PacketFields& fields) {
  Axis axis = Address(family, fields);
  axis.tested_first_ = true;
  return axis;
}

Axis Axis::Address(Family family, const PacketFields& fields) {
  if (fields.translated) {
    Axis axis(Kind::kReplySource, family, base::MaxAddress(family));
    axis.exact_ = "-m conntrack --ctreplsrc ";
    return axis;
  }
  Axis axis(Kind::kAddress, family, base::MaxAddress(family));
  axis.exact_ = fields.peer_is_source ? "-s " : "-d ";
  axis.range_ = fields.peer_is_source ? "-m iprange --src-range " : "-m iprange --dst-range ";
  return axis;
}

Axis Axis::Own(Family family, const PacketFields& fields) {
  PacketFields swapped = fields;
  swapped.peer_is_source = !fields.peer_is_source;
  swapped.translated = false;
  return Address(family, swapped);
}

std::vector<std::string> Axis::Tests(const Interval& interval) const {
  if (kind_ == Kind::kPort) {
    const auto low = static_cast<unsigned>(interval.low);
    const auto high = static_cast<unsigned>(interval.high);
    return {low == high ? fmt::format("{}{}", exact_, low) : fmt::format("{}{}:{}", range_, low, high)};
  }
  if (const std::optional<std::string> network = Network(family_, interval)) return {exact_ + *network};
  if (kind_ == Kind::kAddress) {
    return {fmt::format("{}{}-{}", range_, base::FormatAddress({family_, interval.low}),
                        base::FormatAddress({family_, interval.high}))};
  }
  std::vector<std::string> tests;
  for (const Interval& part : base::SplitIntoPrefixes(family_, interval))
    tests.push_back(exact_ + *Network(family_, part));
  return tests;
}

Interval Axis::Widened(const Interval& hull, const Interval& room) const {
  if (kind_ == Kind::kPort) return hull;
  Value host_bits = 0;
  while ((hull.low & ~host_bits) != (hull.high & ~host_bits)) host_bits = host_bits << 1 | 1;
  const Interval network{hull.low & ~host_bits, hull.low | host_bits};
  if (network.low >= room.low && network.high <= room.high) return network;
  if (kind_ == Kind::kAddress) return hull;
  // The roundest bounds make the fewest networks.
  Interval round = hull;
  for (Value bits = 1; bits < maximum_ && (hull.low & ~bits) >= room.low; bits = bits << 1 | 1)
    round.low = hull.low & ~bits;
  for (Value bits = 1; bits < maximum_ && (hull.high | bits) <= room.high; bits = bits << 1 | 1)
    round.high = hull.high | bits;
  return round;
}

}  // namespace appnet::backend::iptables
