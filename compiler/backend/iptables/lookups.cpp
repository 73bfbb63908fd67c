#include "backend/iptables/lookups.h"

#include <algorithm>

namespace appnet::backend::iptables {
namespace {

using ir::Field;
using ir::NodeId;
using netfilter::PeerPieces;
using netfilter::Table;
using netfilter::TableKind;

// Hosts and the parts of networks around them, ascending.
std::vector<Run> PeerRuns(const Table& table, const std::vector<Target>& hosts,
                          const std::vector<Target>& networks) {
  std::vector<Run> runs;
  std::size_t host = 0;
  auto add_hosts_below = [&](Value end) {  // those before `end`
    for (; host < table.hosts.size() && table.hosts[host].peer.low < end; ++host) {
      runs.push_back({table.hosts[host].peer, hosts[host]});
    }
  };
  for (std::size_t i = 0; i < table.networks.size(); ++i) {
    const Interval& network = table.networks[i].peer;
    add_hosts_below(network.low);
    Value low = network.low;
    bool full = false;
    for (; host < table.hosts.size() && table.hosts[host].peer.low <= network.high; ++host) {
      const Value address = table.hosts[host].peer.low;
      if (address > low) runs.push_back({{low, address - 1}, networks[i]});
      runs.push_back({{address, address}, hosts[host]});
      full = address == network.high;
      low = address + 1;
    }
    if (!full) runs.push_back({{low, network.high}, networks[i]});
  }
  for (; host < table.hosts.size(); ++host) runs.push_back({table.hosts[host].peer, hosts[host]});
  return runs;
}

}  // namespace

bool Lookups::Misses(NodeId node) const {
  return policy_.diagram.IsLeaf(node) && policy_.diagram.LeafOf(node) == ir::kMiss;
}

Target Lookups::Policy(const Reading& reading, Place place) {
  return Root(policy_.roots[static_cast<std::size_t>(reading.direction)], reading, place);
}

Target Lookups::Inherited(const Reading& reading, Place place) {
  return Root(policy_.inherited[static_cast<std::size_t>(reading.direction)], reading, place);
}

Target Lookups::Root(NodeId node, const Reading& reading, Place place) {
  if (place == Place::kLoopback && policy_.diagram.FieldOf(node) == static_cast<int>(Field::kInterface)) {
    node = policy_.diagram.Child(node, flow::kLoopback);
  }
  return Interfaces(node, Field::kInterface, reading, place);
}

Target Lookups::Interfaces(NodeId node, Field field, const Reading& reading, Place place) {
  if (Misses(node)) return kReturn;
  const ir::Diagram& diagram = policy_.diagram;
  auto descend = [&](NodeId child) {
    return field == Field::kInterface ? Interfaces(child, Field::kOut, reading, place)
                                      : Transports(child, reading);
  };
  if (diagram.FieldOf(node) != static_cast<int>(field)) return descend(node);

  const auto key = std::make_tuple(node, field, reading, place);
  if (const auto found = made_.find(key); found != made_.end()) return found->second;
  std::vector<Target> targets;
  for (flow::InterfaceClassId id = 0; id < policy_.interfaces.size(); ++id) {
    targets.push_back(descend(diagram.Child(node, id)));
  }
  const PacketFields fields = FieldsOf(reading);
  return made_[key] =
             DispatchInterface(chains_, policy_.interfaces,
                               field == Field::kInterface ? fields.interface : fields.out, targets, place);
}

Target Lookups::Transports(NodeId node, const Reading& reading) {
  if (policy_.diagram.FieldOf(node) == static_cast<int>(Field::kFamily)) {
    node = policy_.diagram.Child(node, ir::FamilyValue(family_));
  }
  if (Misses(node)) return kReturn;
  const auto key = std::make_tuple(node, Field::kFamily, reading, Place::kAnywhere);
  if (const auto found = made_.find(key); found != made_.end()) return found->second;

  // Look-ups are entered from the second chain below a built-in one. There two interfaces are tested at most;
  // or none, on lo, where two chains more stand before.
  const unsigned max_height = kMaxHeight - 2 - 2 * InterfaceLevels(policy_.interfaces);
  Draft draft(chains_);
  const Target others = Peers(node, TableKind::kOther, 0, reading, max_height - 1);
  auto add = [&](TableKind kind, unsigned protocol) {
    const Target target = Peers(node, kind, protocol, reading, max_height - 1);
    if (target != others) draft.Goto(ProtocolMatch(family_, protocol), target);
  };
  for (const unsigned protocol : flow::kPortProtocols) add(TableKind::kPorts, protocol);
  add(TableKind::kIcmp, family_ == Family::kIpv4 ? flow::kProtocolIcmp : flow::kProtocolIcmpv6);
  draft.Goto("", others);
  return made_[key] = chains_.Intern('x', draft);
}

Target Lookups::Peers(NodeId node, TableKind kind, unsigned protocol, const Reading& reading,
                      unsigned max_height) {
  const Table& table = tables_.Of(node, kind, protocol, reading.orientation);
  if (table.empty()) return kReturn;
  const PacketFields fields = FieldsOf(reading);
  Services services(chains_, family_, fields, kind, protocol);
  // Each layer leads on to the one below, and the tree of peers stands above them all: the depth is shared
  // out beforehand.
  const unsigned default_height = max_height >= 10 ? 4 : 3;
  const Target fallback = services.Chain(table.defaults, kReturn, default_height);
  std::vector<Target> networks;
  for (const PeerPieces& network : table.networks) {
    networks.push_back(services.Chain(network.pieces, fallback, default_height + 2));
  }
  std::vector<Target> hosts;
  for (const PeerPieces& host : table.hosts) {
    const Target below = host.below == netfilter::kDefaultLayer ? fallback : networks[host.below];
    hosts.push_back(services.Chain(host.pieces, below, std::min(max_height - 1, default_height + 4)));
  }
  const Axis peer = Axis::Peer(family_, fields);
  return Search(chains_, 't', peer, WithGaps(PeerRuns(table, hosts, networks), peer.maximum(), fallback),
                max_height);
}

}  // namespace appnet::backend::iptables
