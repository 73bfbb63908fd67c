#pragma once
// Contract: how a function from (peer, service, own address) to labels becomes look-ups, for both netfilter
// backends. The function is cut by service into tables, each of which is covered by layers, most specific
// first (see ../README.md). A look-up takes the first layer that has a piece for the packet; a piece whose
// leaf is ir::kMiss ends the look-up with a miss.
//
// Pieces of one layer are disjoint. A layer holds only what differs from the layers below it. Pure and
// deterministic.

#include <cstdint>
#include <vector>

#include "ir/policy.h"

namespace appnet::backend::netfilter {

using flow::Family;
using flow::Interval;

enum class TableKind { kPorts, kIcmp, kOther };
inline constexpr TableKind kTableKinds[] = {TableKind::kPorts, TableKind::kIcmp, TableKind::kOther};

// How a packet's fields are read: as the opener of the flow sent it, or as the other end's answer. Only ICMP
// tables differ: an answer's type stands for its request's.
enum class Orientation { kThere, kBack };

// Services of one table as a product of two intervals.
//   kPorts: one protocol (first.low == first.high) and ports. kIcmp: types and codes. kOther: protocols;
//   second is unused (0..0).
struct ServiceBox {
  Interval first;
  Interval second;
  friend bool operator==(const ServiceBox&, const ServiceBox&) = default;
};

struct Piece {
  ServiceBox service;
  Interval self;  // own address; the family's whole space when it doesn't matter
  ir::Leaf leaf = ir::kMiss;
  friend bool operator==(const Piece&, const Piece&) = default;
};

inline constexpr std::size_t kDefaultLayer = static_cast<std::size_t>(-1);

struct PeerPieces {
  Interval peer;
  std::vector<Piece> pieces;          // ascending, not empty
  std::size_t below = kDefaultLayer;  // hosts: index of the network around it, or kDefaultLayer
};

struct Table {
  TableKind kind = TableKind::kPorts;
  Family family = Family::kIpv4;
  std::vector<PeerPieces> hosts;     // single addresses, ascending
  std::vector<PeerPieces> networks;  // disjoint intervals, ascending
  std::vector<Piece> defaults;       // for every peer; without misses
  bool empty() const { return hosts.empty() && networks.empty() && defaults.empty(); }
};

// `node` tests kPeer or a later field of the family (what is left after interface and family were dispatched
// on).
Table Cover(const ir::Diagram& diagram, ir::NodeId node, Family family, TableKind kind,
            Orientation orientation);

// Whether the piece's own address matters.
bool SelfMatters(Family family, const Piece& piece);

}  // namespace appnet::backend::netfilter
