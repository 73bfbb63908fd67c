#include "backend/iptables/services.h"

#include <algorithm>

#include "backend/iptables/exact_services.h"
#include "base/check.h"

namespace appnet::backend::iptables {
namespace {

using netfilter::Piece;
using netfilter::TableKind;

}  // namespace

Services::Services(Chains& chains, Family family, const PacketFields& fields, TableKind kind,
                   unsigned protocol)
    : chains_(chains),
      family_(family),
      kind_(kind),
      port_(Axis::Port(protocol, fields)),
      own_(Axis::Own(family, fields)) {}

Target Services::TargetOf(ir::Leaf leaf) {
  return leaf == ir::kMiss ? kReturn : chains_.Label(ir::LabelFor(leaf));
}

Target Services::Chain(std::span<const Piece> pieces, Target below, unsigned max_height) {
  APPNET_CHECK(max_height >= std::max(chains_.HeightOf(below), 1U) + 2, "no room for a service's chains");
  const std::vector<ServiceTarget> boxes = Boxes(pieces, below, max_height - 1);
  if (boxes.empty()) return below;
  switch (kind_) {
    case TableKind::kPorts:
      return Ports(boxes, below, max_height);
    case TableKind::kIcmp:
      return IcmpTypes(chains_, family_, boxes, below);
    case TableKind::kOther:
      return Protocols(chains_, family_, boxes, below);
  }
  return below;
}

// Pieces of one service differ in the own address.
std::vector<ServiceTarget> Services::Boxes(std::span<const Piece> pieces, Target below, unsigned max_height) {
  std::vector<ServiceTarget> boxes;
  for (std::size_t i = 0; i < pieces.size();) {
    const std::size_t first = i;
    while (i < pieces.size() && pieces[i].service == pieces[first].service) ++i;
    const Target target = netfilter::SelfMatters(family_, pieces[first])
                              ? OwnAddress(pieces.subspan(first, i - first), below, max_height)
                              : TargetOf(pieces[first].leaf);
    boxes.push_back({pieces[first].service, target});
  }
  return boxes;
}

Target Services::OwnAddress(std::span<const Piece> pieces, Target below, unsigned max_height) {
  std::vector<Run> runs;
  runs.reserve(pieces.size());
  for (const Piece& piece : pieces) runs.push_back({piece.self, TargetOf(piece.leaf)});
  // One's own addresses are few: two levels at most leave depth for what may have many.
  const unsigned height = std::min(max_height, std::max(chains_.HeightOf(below), 1U) + 2);
  return Search(chains_, 'a', own_, WithGaps(runs, own_.maximum(), below), height);
}

Target Services::Ports(const std::vector<ServiceTarget>& boxes, Target below, unsigned max_height) {
  std::vector<Run> runs;
  runs.reserve(boxes.size());
  for (const ServiceTarget& box : boxes) runs.push_back({box.service.second, box.target});
  return Search(chains_, 's', port_, WithGaps(runs, port_.maximum(), below), max_height);
}

}  // namespace appnet::backend::iptables
