#include "unit/iptables/random_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace appnet::backend::iptables {

using flow::Family;
using flow::Interval;
using ir::Field;
using ir::NodeId;

ir::Leaf AddLabel(ir::Policy& policy) {
  const auto id = static_cast<ir::LabelId>(policy.labels.size());
  ir::Label label;
  label.type = fmt::format("appnet_{}_packet_t", id);
  label.context = fmt::format("system_u:object_r:{}:s0", label.type);
  policy.labels.push_back(label);
  return ir::LeafFor(id);
}

ir::Policy EmptyPolicy(const std::vector<std::string>& interfaces) {
  ir::Policy policy;
  policy.name = "example";
  policy.interfaces = flow::InterfaceClasses(interfaces);
  policy.unmatched = ir::LabelFor(AddLabel(policy));
  policy.unmatched_forward = ir::LabelFor(AddLabel(policy));
  policy.transit = ir::LabelFor(AddLabel(policy));
  const NodeId miss = policy.diagram.MakeLeaf(ir::kMiss);
  policy.roots.fill(miss);
  policy.inherited.fill(miss);
  return policy;
}

NodeId MakePatched(ir::Diagram& diagram, Field field, flow::Value maximum, NodeId otherwise,
                   const std::vector<Patch>& patches) {
  std::map<flow::Value, NodeId> starts = {{0, otherwise}};  // from here to the next start
  for (const auto& [where, node] : patches) {
    const NodeId after = std::prev(starts.upper_bound(where.high))->second;
    if (where.high != maximum) starts.try_emplace(where.high + 1, after);
    starts.erase(starts.lower_bound(where.low),
                 where.high == maximum ? starts.end() : starts.find(where.high + 1));
    starts[where.low] = node;
  }
  std::vector<ir::Diagram::Edge> edges;
  for (auto it = starts.begin(); it != starts.end(); ++it) {
    const auto next = std::next(it);
    edges.push_back({next == starts.end() ? maximum : next->first - 1, it->second});
  }
  return diagram.MakeNode(field, edges);
}

RandomPolicy::RandomPolicy(unsigned seed, const Shape& shape)
    : policy(EmptyPolicy(shape.interfaces
                             ? std::vector<std::string>{"eth0", "eth1", "e*", "eth1*", "wan*", "lo"}
                             : std::vector<std::string>{})),
      random_(seed),
      shape_(shape),
      services_{0, flow::kMaxService},
      names_{"eth0", "eth1", "eth12", "e", "wan", "wan0", "wlan", "lo2"} {
  for (const Family family : flow::kFamilies) {
    addresses_[family == Family::kIpv4 ? 0 : 1] = {0, base::MaxAddress(family)};
  }
  leaves_ = {policy.diagram.MakeLeaf(ir::kMiss)};
  for (int i = 0; i < shape.labels; ++i) leaves_.push_back(policy.diagram.MakeLeaf(AddLabel(policy)));
  for (const flow::Direction direction : flow::kDirections) {
    const bool forward = direction == flow::Direction::kForward;
    policy.roots[static_cast<std::size_t>(direction)] = Interfaces(Field::kInterface, forward);
    if (shape.inherited && !forward) {
      policy.inherited[static_cast<std::size_t>(direction)] = Services(Family::kIpv4, false);
    }
  }
}

NodeId RandomPolicy::Leaf() { return leaves_[Below(static_cast<unsigned>(leaves_.size()))]; }

NodeId RandomPolicy::Interfaces(Field field, bool forward) {
  auto below = [&] {
    return field == Field::kInterface && forward ? Interfaces(Field::kOut, forward) : Families();
  };
  const NodeId otherwise = below();
  if (!shape_.interfaces) return otherwise;
  std::vector<Patch> patches;
  for (flow::Value id = 0; id < policy.interfaces.size(); ++id) {
    if (Chance(40)) patches.push_back({{id, id}, below()});
  }
  return MakePatched(policy.diagram, field, policy.interfaces.size() - 1, otherwise, patches);
}

NodeId RandomPolicy::Families() {
  if (Chance(10)) return Services(Family::kIpv4, false);
  return MakePatched(policy.diagram, Field::kFamily, 1, Peers(Family::kIpv4),
                     {{{1, 1}, Peers(Family::kIpv6)}});
}

flow::Value RandomPolicy::NewAddress(Family family) {
  const flow::Value top = base::MaxAddress(family);
  if (Chance(5)) return Chance(50) ? 0 : top;
  flow::Value value = 0;
  for (int i = 0; i < 4; ++i) value = value << 32 | random_();
  value &= top;
  // Near to each other, so that hosts lie in networks.
  const flow::Value cluster = flow::Value{10} << (base::AddressBits(family) - 8);
  return cluster | (value & 0xfff);
}

NodeId RandomPolicy::Peers(Family family) {
  std::vector<Patch> patches;
  auto& known = addresses_[family == Family::kIpv4 ? 0 : 1];
  for (int i = 0; i < shape_.networks; ++i) {
    Interval where{NewAddress(family), NewAddress(family)};
    if (where.low > where.high) std::swap(where.low, where.high);
    if (Chance(50)) {
      const flow::Value mask = (flow::Value{1} << Below(12)) - 1;
      where = {where.low & ~mask, where.low | mask};
    }
    patches.push_back({where, Services(family, Chance(40))});
  }
  for (int i = 0; i < shape_.hosts; ++i) {
    const flow::Value host = NewAddress(family);
    patches.push_back({{host, host}, Services(family, Chance(40))});
  }
  for (const Patch& patch : patches) known.insert(known.end(), {patch.where.low, patch.where.high});
  return MakePatched(policy.diagram, Field::kPeer, base::MaxAddress(family), Services(family, Chance(40)),
                     patches);
}

NodeId RandomPolicy::Services(Family family, bool with_self) {
  auto below = [&] { return with_self && Chance(50) ? Selves(family) : Leaf(); };
  static constexpr unsigned kProtocols[] = {6, 6, 17, 33, 132, 136, 1, 58, 47, 50, 255};
  std::vector<Patch> patches;
  if (Chance(30)) {  // whole protocols
    unsigned low = Below(256), high = Below(256);
    if (low > high) std::swap(low, high);
    if (Chance(90)) low = std::max(low, 1U);  // protocol 0 alone takes long chains
    patches.push_back(
        {{flow::ServiceValue(low, 0), flow::ServiceValue(std::max(low, high), 0xffff)}, below()});
  }
  for (int i = 0; i < shape_.services; ++i) {
    const unsigned protocol = kProtocols[Below(std::size(kProtocols))];
    const bool icmp = protocol == 1 || protocol == 58;
    unsigned low = icmp && Chance(70) ? (Chance(50) ? 8 : 128) << 8 : Below(0x10000);
    unsigned high = low;
    if (Chance(50)) high = std::min(0xffffU, low + Below(0x400));
    if (icmp && Chance(50)) low &= ~0xffU, high |= 0xff;
    if (icmp && Chance(3)) low = 0xff03, high = 0xff05;
    // What is a bare protocol in either family has no parts.
    const bool bare =
        !flow::HasPorts(protocol) && !(protocol == (family == Family::kIpv4 ? 1U : 58U) && with_self);
    if (bare) low = 0, high = 0xffff;
    patches.push_back({{flow::ServiceValue(protocol, low), flow::ServiceValue(protocol, high)}, below()});
  }
  for (const Patch& patch : patches) services_.insert(services_.end(), {patch.where.low, patch.where.high});
  return MakePatched(policy.diagram, Field::kService, flow::kMaxService, below(), patches);
}

NodeId RandomPolicy::Selves(Family family) {
  std::vector<Patch> patches;
  auto& known = addresses_[family == Family::kIpv4 ? 0 : 1];
  for (int i = 0; i < shape_.selves; ++i) {
    const flow::Value low = NewAddress(family);
    const flow::Value high = Chance(50) ? low : std::min(low + Below(300), base::MaxAddress(family));
    patches.push_back({{low, std::max(low, high)}, Leaf()});
    known.insert(known.end(), {patches.back().where.low, patches.back().where.high});
  }
  return MakePatched(policy.diagram, Field::kSelf, base::MaxAddress(family), Leaf(), patches);
}

flow::Value RandomPolicy::Near(const std::vector<Value>& values, Value maximum) {
  const Value value = values[Below(static_cast<unsigned>(values.size()))];
  const unsigned side = Below(4);
  if (side == 0 && value > 0) return value - 1;
  if (side == 1 && value < maximum) return value + 1;
  return value;
}

Packet RandomPolicy::NextPacket() {
  Packet packet;
  packet.family = Chance(50) ? Family::kIpv4 : Family::kIpv6;
  const Value top = base::MaxAddress(packet.family);
  const auto& addresses = addresses_[packet.family == Family::kIpv4 ? 0 : 1];
  packet.source = Near(addresses, top);
  packet.destination = Near(addresses, top);
  packet.in = names_[Below(static_cast<unsigned>(names_.size()))];
  packet.out = names_[Below(static_cast<unsigned>(names_.size()))];
  auto port = [&] { return static_cast<unsigned>(Near(services_, flow::kMaxService) & 0xffff); };
  packet.protocol = static_cast<unsigned>(Near(services_, flow::kMaxService) >> 16);
  if (Chance(20)) packet.protocol = packet.family == Family::kIpv4 ? 1 : 58;
  packet.source_port = port();
  packet.destination_port = port();
  static constexpr unsigned kTypes[] = {8, 0, 13, 14, 15, 16, 17, 18, 128, 129, 139, 140, 255, 3};
  const unsigned detail = port();
  packet.icmp_type = Chance(70) ? kTypes[Below(std::size(kTypes))] : detail >> 8;
  packet.icmp_code = Chance(50) ? 0 : detail & 0xff;
  return packet;
}

}  // namespace appnet::backend::iptables
