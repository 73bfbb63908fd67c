#pragma once
// Contract: the look-ups of one table and family as chains. A look-up is entered with -j: a hit goes to a
// label's chain, which returns; a miss returns with the label as it was.

#include <map>
#include <tuple>

#include "backend/iptables/interfaces.h"
#include "backend/iptables/services.h"

namespace appnet::backend::iptables {

// iptables-nft's kernel side allows chains to nest 15 deep below a built-in one, and counts every -g.
// Look-ups are entered from the second, those of lo from the fourth at most.
inline constexpr unsigned kMaxHeight = 15;
inline constexpr unsigned kMaxLookupHeight = kMaxHeight - 2;
inline constexpr unsigned kMaxLoopbackHeight = kMaxHeight - 4;

class Lookups {
 public:
  Lookups(const ir::Policy& policy, Family family, Chains& chains)
      : policy_(policy), family_(family), chains_(chains) {}

  // The policy's own function; kReturn when it misses everywhere.
  Target Policy(const Reading& reading, Place place);
  // The same for inherited labels.
  Target Inherited(const Reading& reading, Place place);

 private:
  Target Root(ir::NodeId node, const Reading& reading, Place place);
  Target Interfaces(ir::NodeId node, ir::Field field, const Reading& reading, Place place,
                    unsigned max_height);
  Target Transports(ir::NodeId node, const Reading& reading, unsigned max_height);
  Target Peers(ir::NodeId node, netfilter::TableKind kind, unsigned protocol, const Reading& reading,
               unsigned max_height);
  const netfilter::Table& TableOf(ir::NodeId node, netfilter::TableKind kind,
                                  netfilter::Orientation orientation);
  bool Misses(ir::NodeId node) const;

  const ir::Policy& policy_;
  Family family_;
  Chains& chains_;
  std::map<std::tuple<ir::NodeId, ir::Field, Reading, Place, unsigned>, Target> made_;
  std::map<std::tuple<ir::NodeId, netfilter::TableKind, netfilter::Orientation>, netfilter::Table> tables_;
};

}  // namespace appnet::backend::iptables
