#pragma once
// Contract: pieces of one peer, ascending by service and own address, as a chain that tests the service, and
// the own address where it matters.

#include <span>
#include <vector>

#include "backend/iptables/exact_services.h"
#include "backend/iptables/search.h"

namespace appnet::backend::iptables {

class Services {
 public:
  // `protocol`: that of the pieces, for ports; unused otherwise.
  Services(Chains& chains, Family family, const PacketFields& fields, netfilter::TableKind kind,
           unsigned protocol);

  // Where a packet of the table's kind goes: by its piece, or `below`. The answer's height is at most
  // `max_height`, which is at least 2 above that of `below`, and 3 at all.
  Target Chain(std::span<const netfilter::Piece> pieces, Target below, unsigned max_height);

 private:
  std::vector<ServiceTarget> Boxes(std::span<const netfilter::Piece> pieces, Target below,
                                   unsigned max_height);
  Target OwnAddress(std::span<const netfilter::Piece> pieces, Target below, unsigned max_height);
  Target TargetOf(ir::Leaf leaf);
  Target Ports(const std::vector<ServiceTarget>& boxes, Target below, unsigned max_height);

  Chains& chains_;
  Family family_;
  netfilter::TableKind kind_;
  Axis port_;
  Axis own_;
};

}  // namespace appnet::backend::iptables
