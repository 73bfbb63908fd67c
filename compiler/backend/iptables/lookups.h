#pragma once
// Contract: the look-ups of one table and family as chains. A look-up is entered with -j: a hit goes to a
// label's chain, which returns; a miss returns with the label as it was.

#include <map>
#include <tuple>

#include "backend/iptables/interfaces.h"
#include "backend/iptables/services.h"
#include "backend/iptables/tables.h"

namespace appnet::backend::iptables {

// The kernel side of iptables-nft allows chains to nest so deep below a built-in one, and counts every -g.
inline constexpr unsigned kMaxHeight = 15;

class Lookups {
 public:
  Lookups(const ir::Policy& policy, Family family, Chains& chains)
      : policy_(policy), family_(family), chains_(chains), tables_(policy.diagram, family) {}

  // The policy's own function; kReturn when it misses everywhere.
  Target Policy(const Reading& reading, Place place);
  // The same for inherited labels.
  Target Inherited(const Reading& reading, Place place);

 private:
  Target Root(ir::NodeId node, const Reading& reading, Place place);
  Target Interfaces(ir::NodeId node, ir::Field field, const Reading& reading, Place place);
  Target Transports(ir::NodeId node, const Reading& reading);
  Target Peers(ir::NodeId node, netfilter::TableKind kind, unsigned protocol, const Reading& reading,
               unsigned max_height);
  bool Misses(ir::NodeId node) const;

  const ir::Policy& policy_;
  Family family_;
  Chains& chains_;
  Tables tables_;
  std::map<std::tuple<ir::NodeId, ir::Field, Reading, Place>, Target> made_;
};

}  // namespace appnet::backend::iptables
