#pragma once
// Contract: the layers of netfilter::Table for one protocol, or for one kind of service that isn't cut by
// protocol. Made when first asked for and kept: the readings of a packet share them.

#include <map>
#include <tuple>

#include "backend/netfilter/cover.h"

namespace appnet::backend::iptables {

class Tables {
 public:
  Tables(const ir::Diagram& diagram, flow::Family family) : diagram_(diagram), family_(family) {}

  // `protocol` counts for ports alone. Pieces ascend by service, then by own address; none is without a peer
  // that has pieces.
  const netfilter::Table& Of(ir::NodeId node, netfilter::TableKind kind, unsigned protocol,
                             netfilter::Orientation orientation);

 private:
  const ir::Diagram& diagram_;
  flow::Family family_;
  std::map<std::tuple<ir::NodeId, netfilter::TableKind, unsigned, netfilter::Orientation>, netfilter::Table>
      tables_;
};

}  // namespace appnet::backend::iptables
