#pragma once
// Contract: the look-ups of the nftables file: chains that set a packet's label where the policy has one for
// it and return, and the maps they read. A look-up chain is entered with jump; on a miss it returns with the
// label as it was.

#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "backend/netfilter/cover.h"
#include "ir/policy.h"

namespace appnet::backend::nftables {

// The six ways to read a packet, see ../README.md: C> C< A> A< F> F<.
struct Reading {
  flow::Direction direction;
  netfilter::Orientation orientation;
  bool operator<(const Reading& other) const {
    return std::tie(direction, orientation) < std::tie(other.direction, other.orientation);
  }
};

class Lookups {
 public:
  explicit Lookups(const ir::Policy& policy) : policy_(policy) {}

  // The chain that looks up the policy's own function, or an empty name when it misses everywhere.
  std::string Policy(Reading reading);
  // The same for inherited labels.
  std::string Inherited(Reading reading);

  // All maps, sets and chains made so far, in the order they were made, as text inside the table.
  const std::string& maps() const { return maps_; }
  const std::string& chains() const { return chains_; }

 private:
  struct TableNames {
    std::vector<std::string>
        rules;  // look-ups in order; {peer}, {self}, {port} stand for the packet's fields
    std::vector<unsigned> protocols;  // of a table of ports
  };

  std::string Verdict(const std::string& chain) const;
  std::string Interfaces(ir::NodeId node, Reading reading, ir::Field field, const std::string& name);
  std::string Families(ir::NodeId node, Reading reading, const std::string& name);
  std::string Tables(ir::NodeId node, flow::Family family, Reading reading, const std::string& name);
  std::string TableChain(ir::NodeId node, flow::Family family, netfilter::TableKind kind, Reading reading,
                         const std::string& name);
  const TableNames& MapsOf(ir::NodeId node, flow::Family family, netfilter::TableKind kind,
                           netfilter::Orientation orientation);
  void AddChain(const std::string& name, const std::vector<std::string>& rules);
  std::string NextName(const std::string& stem);
  bool Misses(ir::NodeId node) const;

  const ir::Policy& policy_;
  std::string maps_;
  std::string chains_;
  std::map<std::tuple<ir::NodeId, int, flow::Direction, netfilter::Orientation>, std::string>
      made_;  // int: what was dispatched
  std::map<std::tuple<ir::NodeId, flow::Family, netfilter::TableKind, netfilter::Orientation>, TableNames>
      tables_;
  int next_chain_ = 1;
  int next_table_ = 1;
};

}  // namespace appnet::backend::nftables
