#include "backend/iptables/tables.h"

#include <algorithm>

namespace appnet::backend::iptables {
namespace {

using netfilter::kDefaultLayer;
using netfilter::Orientation;
using netfilter::PeerPieces;
using netfilter::Piece;
using netfilter::Table;
using netfilter::TableKind;

std::vector<Piece> Sorted(const std::vector<Piece>& pieces, TableKind kind, unsigned protocol) {
  std::vector<Piece> mine;
  for (const Piece& piece : pieces) {
    if (kind != TableKind::kPorts || piece.service.first.low == protocol) mine.push_back(piece);
  }
  const auto before = [](const Piece& a, const Piece& b) {
    return std::tie(a.service.first.low, a.service.second.low, a.self.low) <
           std::tie(b.service.first.low, b.service.second.low, b.self.low);
  };
  if (!std::is_sorted(mine.begin(), mine.end(), before)) std::sort(mine.begin(), mine.end(), before);
  return mine;
}

Table Part(const Table& whole, unsigned protocol) {
  Table part{whole.kind, whole.family, {}, {}, Sorted(whole.defaults, whole.kind, protocol)};
  std::vector<std::size_t> place(whole.networks.size(), kDefaultLayer);  // of a network in the part
  for (std::size_t i = 0; i < whole.networks.size(); ++i) {
    std::vector<Piece> pieces = Sorted(whole.networks[i].pieces, whole.kind, protocol);
    if (pieces.empty()) continue;
    place[i] = part.networks.size();
    part.networks.push_back({whole.networks[i].peer, std::move(pieces), kDefaultLayer});
  }
  for (const PeerPieces& host : whole.hosts) {
    std::vector<Piece> pieces = Sorted(host.pieces, whole.kind, protocol);
    if (pieces.empty()) continue;
    const std::size_t below = host.below == kDefaultLayer ? kDefaultLayer : place[host.below];
    part.hosts.push_back({host.peer, std::move(pieces), below});
  }
  return part;
}

}  // namespace

const Table& Tables::Of(ir::NodeId node, TableKind kind, unsigned protocol, Orientation orientation) {
  if (kind != TableKind::kIcmp) orientation = Orientation::kThere;  // the others read the same from both ends
  if (kind != TableKind::kPorts) protocol = 0;
  const auto key = [&](unsigned part) { return std::make_tuple(node, kind, part, orientation); };
  if (const auto found = tables_.find(key(protocol)); found != tables_.end()) return found->second;
  const Table whole = netfilter::Cover(diagram_, node, family_, kind, orientation);
  if (kind == TableKind::kPorts) {
    for (const unsigned part : flow::kPortProtocols) tables_.emplace(key(part), Part(whole, part));
  } else {
    tables_.emplace(key(0), Part(whole, 0));
  }
  return tables_.at(key(protocol));
}

}  // namespace appnet::backend::iptables
