// Cover() against Diagram::Evaluate: random functions, looked up layer by layer as a packet filter would, at
// every boundary and one to each side of it.

#include "backend/netfilter/cover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "ir/build_union.h"
#include "ir/leaf_sets.h"

namespace appnet::backend::netfilter {
namespace {

using flow::IntervalSet;
using flow::Value;
using ir::Field;
using ir::Leaf;

struct Packet {
  Value peer;
  unsigned protocol;
  unsigned detail;  // port; type * 256 + code; 0
  Value self;
};

unsigned IcmpOf(Family family) {
  return family == Family::kIpv4 ? flow::kProtocolIcmp : flow::kProtocolIcmpv6;
}

TableKind KindOf(const Packet& packet, Family family) {
  if (flow::HasPorts(packet.protocol)) return TableKind::kPorts;
  return packet.protocol == IcmpOf(family) ? TableKind::kIcmp : TableKind::kOther;
}

bool Contains(const Interval& interval, Value value) {
  return interval.low <= value && value <= interval.high;
}

bool Matches(const Piece& piece, TableKind kind, const Packet& packet) {
  if (!Contains(piece.self, packet.self)) return false;
  switch (kind) {
    case TableKind::kPorts:
      return Contains(piece.service.first, packet.protocol) && Contains(piece.service.second, packet.detail);
    case TableKind::kIcmp:
      return Contains(piece.service.first, packet.detail >> 8) &&
             Contains(piece.service.second, packet.detail & 0xff);
    case TableKind::kOther:
      return Contains(piece.service.first, packet.protocol);
  }
  return false;
}

// The only piece that matches; two would be one too many.
std::optional<Leaf> Find(const std::vector<Piece>& pieces, TableKind kind, const Packet& packet) {
  std::optional<Leaf> found;
  for (const Piece& piece : pieces) {
    if (!Matches(piece, kind, packet)) continue;
    EXPECT_FALSE(found.has_value()) << "two pieces of one layer for one packet";
    found = piece.leaf;
  }
  return found;
}

std::optional<std::size_t> IndexOf(const std::vector<PeerPieces>& layer, Value peer) {
  for (std::size_t i = 0; i < layer.size(); ++i) {
    if (Contains(layer[i].peer, peer)) return i;
  }
  return std::nullopt;
}

Leaf LookUp(const Table& table, const Packet& packet) {
  const auto network = IndexOf(table.networks, packet.peer);
  if (const auto host = IndexOf(table.hosts, packet.peer)) {
    EXPECT_EQ(table.hosts[*host].below, network.value_or(kDefaultLayer));
    if (const auto leaf = Find(table.hosts[*host].pieces, table.kind, packet)) return *leaf;
  }
  if (network) {
    if (const auto leaf = Find(table.networks[*network].pieces, table.kind, packet)) return *leaf;
  }
  return Find(table.defaults, table.kind, packet).value_or(ir::kMiss);
}

// What the packet's service is in the flow space; none for an answer to nothing.
std::optional<Value> ServiceOf(const Packet& packet, Family family, Orientation orientation) {
  static const std::map<unsigned, unsigned> kRequests4 = {{0, 8}, {14, 13}, {16, 15}, {18, 17}};
  static const std::map<unsigned, unsigned> kRequests6 = {{129, 128}, {140, 139}};
  if (orientation == Orientation::kBack && packet.protocol == IcmpOf(family)) {
    const auto& requests = family == Family::kIpv4 ? kRequests4 : kRequests6;
    const auto request = requests.find(packet.detail >> 8);
    if (request == requests.end()) return std::nullopt;
    return flow::ServiceValue(packet.protocol, request->second << 8 | (packet.detail & 0xff));
  }
  return flow::ServiceValue(packet.protocol, packet.detail);
}

// A function of peer, service and own address with a handful of leaves, ir::kMiss among them.
class RandomFunction {
 public:
  RandomFunction(std::mt19937& random, Family family) : random_(random), family_(family) {
    ir::LeafSets sets(diagram_);
    std::vector<flow::Region> regions(1 + random_() % 7);
    std::vector<ir::UnionBox> boxes;
    for (flow::Region& region : regions) {
      region.interfaces = IntervalSet::Of(0, 0);
      region.peer.of(family) = Addresses(peers_);
      region.self.of(family) = random_() % 2 == 0 ? Whole() : Addresses(selves_);
      region.services.of(family) = Services();
      boxes.push_back({&region, static_cast<ir::SetElement>(random_() % 4)});
    }
    const ir::NodeId sums = BuildUnion(diagram_, sets, {flow::Direction::kConnect, 1}, boxes);
    // Some sets become misses again: holes in what a wider rule covers.
    const ir::NodeId node = diagram_.Map(sums, [](Leaf set) { return set % 5; });
    root_ = diagram_.Restrict(node, Field::kFamily, ir::FamilyValue(family));
  }

  const ir::Diagram& diagram() const { return diagram_; }
  ir::NodeId root() const { return root_; }
  const std::set<Value>& peers() const { return peers_; }
  const std::set<Value>& selves() const { return selves_; }
  const std::set<std::pair<unsigned, unsigned>>& services() const { return services_; }

 private:
  Value Top() const { return base::MaxAddress(family_); }
  IntervalSet Whole() const { return IntervalSet::Of(0, Top()); }

  void Note(std::set<Value>& seen, Value low, Value high) const {
    for (const Value value : {low, high}) {
      seen.insert(value);
      if (value > 0) seen.insert(value - 1);
      if (value < Top()) seen.insert(value + 1);
    }
  }

  // Hosts, networks and ranges near each other and near both ends.
  IntervalSet Addresses(std::set<Value>& seen) {
    if (random_() % 5 == 0) return Whole();
    std::vector<Interval> intervals;
    for (std::size_t count = 1 + random_() % 3; count > 0; --count) {
      const Value origin = random_() % 4 == 0   ? Value{0}
                           : random_() % 4 == 0 ? Top() - 40
                                                : Value{0x0a140000};
      const Value low = origin + random_() % 20;
      const Value high = random_() % 2 == 0 ? low : low + random_() % 20;
      intervals.push_back({low, high});
      Note(seen, low, high);
    }
    return IntervalSet(std::move(intervals));
  }

  void AddService(unsigned protocol, unsigned low, unsigned high, std::vector<Interval>& intervals) {
    intervals.push_back({flow::ServiceValue(protocol, low), flow::ServiceValue(protocol, high)});
    for (const unsigned edge : {low, high}) {
      services_.insert({protocol, edge});
      if (edge > 0) services_.insert({protocol, edge - 1});
      if (edge < 0xffff) services_.insert({protocol, edge + 1});
    }
  }

  IntervalSet Services() {
    const unsigned icmp = IcmpOf(family_);
    if (random_() % 6 == 0) return IntervalSet::Of(0, flow::kMaxService);
    std::vector<Interval> intervals;
    for (std::size_t count = 1 + random_() % 3; count > 0; --count) {
      switch (random_() % 7) {
        case 0:
        case 1: {
          const unsigned protocol = flow::kPortProtocols[random_() % 5];
          const unsigned low = random_() % 3 == 0 ? 0 : random_() % 12;
          AddService(protocol, low, random_() % 4 == 0 ? 0xffff : low + random_() % 4, intervals);
          break;
        }
        case 2:
          AddService(flow::kProtocolTcp, 0xfffa + random_() % 3, 0xffff, intervals);
          break;
        case 3: {  // a type, with or without its code
          static constexpr unsigned kTypes[] = {0, 3, 8, 13, 128, 129, 139, 255};
          const unsigned type = kTypes[random_() % 8];
          const unsigned code = random_() % 3;
          if (random_() % 2 == 0) {
            AddService(icmp, type << 8, type << 8 | 0xff, intervals);
          } else {
            AddService(icmp, type << 8 | code, type << 8 | code, intervals);
          }
          break;
        }
        case 4:
          AddService(icmp, 0, 0xffff, intervals);
          break;
        default: {
          static constexpr unsigned kProtocols[] = {0, 2, 5, 47, 50, 255};
          AddService(kProtocols[random_() % 6], 0, 0xffff, intervals);
          break;
        }
      }
    }
    return IntervalSet(std::move(intervals));
  }

  std::mt19937& random_;
  Family family_;
  ir::Diagram diagram_;
  ir::NodeId root_ = ir::kNowhere;
  std::set<Value> peers_{0, 0x0a0a0a0a};
  std::set<Value> selves_{0, 0x0a0a0a0a};
  std::set<std::pair<unsigned, unsigned>> services_{{flow::kProtocolTcp, 7},
                                                    {flow::kProtocolUdp, 0},
                                                    {89, 0},
                                                    {1, 0x0800},
                                                    {58, 0x8000},
                                                    {1, 0x0d00},
                                                    {58, 0x8b00}};
};

void CheckForm(const Table& table) {
  const Value top = base::MaxAddress(table.family);
  const auto check_pieces = [&](const std::vector<Piece>& pieces) {
    for (const Piece& piece : pieces) {
      EXPECT_LE(piece.self.low, piece.self.high);
      EXPECT_LE(piece.self.high, top);
      if (table.kind == TableKind::kPorts) {
        EXPECT_EQ(piece.service.first.low, piece.service.first.high);
        EXPECT_TRUE(flow::HasPorts(static_cast<unsigned>(piece.service.first.low)));
      }
    }
  };
  for (const std::vector<PeerPieces>* layer : {&table.hosts, &table.networks}) {
    for (std::size_t i = 0; i < layer->size(); ++i) {
      const PeerPieces& here = (*layer)[i];
      EXPECT_FALSE(here.pieces.empty());
      check_pieces(here.pieces);
      EXPECT_TRUE(layer != &table.hosts || here.peer.low == here.peer.high);
      EXPECT_TRUE(i == 0 || (*layer)[i - 1].peer.high < here.peer.low);
    }
  }
  check_pieces(table.defaults);
  for (const Piece& piece : table.defaults) EXPECT_NE(piece.leaf, ir::kMiss);
}

TEST(Cover, LayersGiveTheFunction) {
  std::mt19937 random(20240607);
  std::size_t looked_up = 0;
  std::size_t hosts = 0;
  std::size_t networks = 0;
  for (int round = 0; round < 300; ++round) {
    const Family family = round % 2 == 0 ? Family::kIpv4 : Family::kIpv6;
    const RandomFunction function(random, family);
    for (const Orientation orientation : {Orientation::kThere, Orientation::kBack}) {
      std::map<TableKind, Table> tables;
      for (const TableKind kind : kTableKinds) {
        const Table& table =
            tables.emplace(kind, Cover(function.diagram(), function.root(), family, kind, orientation))
                .first->second;
        CheckForm(table);
        hosts += table.hosts.size();
        networks += table.networks.size();
      }
      std::vector<std::pair<unsigned, unsigned>> services(function.services().begin(),
                                                          function.services().end());
      // Answers show other types than the function speaks of.
      for (const unsigned type : {0U, 14U, 129U, 140U}) services.emplace_back(IcmpOf(family), type << 8 | 1);
      for (const Value peer : function.peers()) {
        for (const auto& [protocol, detail] : services) {
          for (const Value self : function.selves()) {
            const Packet packet{peer, protocol, detail, self};
            const auto service = ServiceOf(packet, family, orientation);
            Leaf expected = ir::kMiss;
            if (service) {
              flow::Flow flow;
              flow.family = family;
              flow.peer = peer;
              flow.self = self;
              flow.service = *service;
              expected = function.diagram().Evaluate(function.root(), ir::PointOf(flow));
            }
            const Leaf found = LookUp(tables.at(KindOf(packet, family)), packet);
            ++looked_up;
            ASSERT_EQ(found, expected)
                << "round " << round << " protocol " << protocol << " detail " << detail;
          }
        }
      }
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(looked_up, 1'000'000U);
  EXPECT_GT(hosts, 100U);
  EXPECT_GT(networks, 100U);
}

TEST(Cover, FunctionWithoutPeersIsTheDefaultAlone) {
  ir::Diagram diagram;
  const ir::NodeId leaf = diagram.MakeLeaf(3);
  for (const TableKind kind : kTableKinds) {
    const Table table = Cover(diagram, leaf, Family::kIpv6, kind, Orientation::kThere);
    EXPECT_TRUE(table.hosts.empty());
    EXPECT_TRUE(table.networks.empty());
    EXPECT_FALSE(table.defaults.empty());
    for (const Piece& piece : table.defaults) EXPECT_FALSE(SelfMatters(Family::kIpv6, piece));
    EXPECT_TRUE(
        Cover(diagram, diagram.MakeLeaf(ir::kMiss), Family::kIpv4, kind, Orientation::kThere).empty());
  }
}

// The widest part of the peers is the default, so that a rule for anywhere needs no interval of addresses.
TEST(Cover, HoleInAnywhereIsAMissOfItsOwn) {
  ir::Diagram diagram;
  const ir::NodeId somewhere = diagram.MakeLeaf(1);
  const ir::NodeId hole =
      diagram.FromIntervals(Field::kPeer, base::MaxAddress(Family::kIpv4),
                            IntervalSet({{100, 199}, {1000, 1000}}), diagram.MakeLeaf(ir::kMiss), somewhere);
  const Table table = Cover(diagram, hole, Family::kIpv4, TableKind::kPorts, Orientation::kThere);
  ASSERT_EQ(table.networks.size(), 1U);
  EXPECT_EQ(table.networks[0].peer, (Interval{100, 199}));
  for (const Piece& piece : table.networks[0].pieces) EXPECT_EQ(piece.leaf, ir::kMiss);
  ASSERT_EQ(table.hosts.size(), 1U);
  EXPECT_EQ(table.hosts[0].peer, (Interval{1000, 1000}));
  EXPECT_EQ(table.hosts[0].below, kDefaultLayer);
}

}  // namespace
}  // namespace appnet::backend::netfilter
