#include "backend/nftables/lookups.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "backend/nftables/map_text.h"

namespace appnet::backend::nftables {
namespace {

using flow::Direction;
using flow::Family;
using flow::InterfaceClass;
using ir::Field;
using ir::NodeId;
using netfilter::Orientation;
using netfilter::TableKind;

// So many comparisons of names cost no more than a look into a verdict map.
constexpr std::size_t kFewNames = 4;

struct PacketFields {
  std::string_view interface, out, peer, self, port;
};

// Which fields of the packet a reading takes, see the table in ../README.md.
PacketFields FieldsOf(Reading reading) {
  const bool there = reading.orientation == Orientation::kThere;
  const std::string_view port = there ? "th dport" : "th sport";
  switch (reading.direction) {
    case Direction::kConnect:
      return there ? PacketFields{"oifname", "", "daddr", "saddr", port}
                   : PacketFields{"iifname", "", "saddr", "daddr", port};
    case Direction::kAccept:
      return there ? PacketFields{"iifname", "", "saddr", "daddr", port}
                   : PacketFields{"oifname", "", "daddr", "saddr", port};
    case Direction::kForward:
      return there ? PacketFields{"iifname", "oifname", "daddr", "saddr", port}
                   : PacketFields{"oifname", "iifname", "saddr", "daddr", port};
  }
  return {};
}

void ReplaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string StemOf(Reading reading) {
  return fmt::format("{}_{}", flow::NameOf(reading.direction),
                     reading.orientation == Orientation::kThere ? "there" : "back");
}

// How many of the other prefixes begin this one: prefixes of one depth are disjoint.
int Depth(const std::string& prefix, const std::vector<std::string>& prefixes) {
  return static_cast<int>(std::count_if(prefixes.begin(), prefixes.end(), [&](const std::string& other) {
    return other.size() < prefix.size() && prefix.compare(0, other.size(), other) == 0;
  }));
}

// The protocols of a table of ports.
std::vector<unsigned> ProtocolsOf(const netfilter::Table& table) {
  std::set<unsigned> seen;
  const auto add = [&](const std::vector<netfilter::Piece>& pieces) {
    for (const netfilter::Piece& piece : pieces) seen.insert(static_cast<unsigned>(piece.service.first.low));
  };
  for (const netfilter::PeerPieces& peer : table.hosts) add(peer.pieces);
  for (const netfilter::PeerPieces& peer : table.networks) add(peer.pieces);
  add(table.defaults);
  return {seen.begin(), seen.end()};
}

}  // namespace

bool Lookups::Misses(NodeId node) const {
  return policy_.diagram.IsLeaf(node) && policy_.diagram.LeafOf(node) == ir::kMiss;
}

std::string Lookups::Verdict(const std::string& chain) const {
  return chain.empty() ? "return" : "goto " + chain;
}

std::string Lookups::NextName(const std::string& stem) { return fmt::format("{}_{}", stem, next_chain_++); }

void Lookups::AddChain(const std::string& name, const std::vector<std::string>& rules) {
  chains_ += fmt::format("\tchain {} {{\n", name);
  for (const std::string& rule : rules) chains_ += fmt::format("\t\t{}\n", rule);
  chains_ += "\t}\n\n";
}

std::string Lookups::Policy(Reading reading) {
  return Interfaces(policy_.roots[static_cast<std::size_t>(reading.direction)], reading, Field::kInterface,
                    StemOf(reading));
}

std::string Lookups::Inherited(Reading reading) {
  return Interfaces(policy_.inherited[static_cast<std::size_t>(reading.direction)], reading,
                    Field::kInterface, "inherited_" + StemOf(reading));
}

std::string Lookups::Interfaces(NodeId node, Reading reading, Field field, const std::string& name) {
  if (Misses(node)) return {};
  const ir::Diagram& diagram = policy_.diagram;
  const Field next = field == Field::kInterface ? Field::kOut : Field::kFamily;
  auto descend = [&](NodeId child, const std::string& child_name) {
    return next == Field::kOut ? Interfaces(child, reading, next, child_name)
                               : Families(child, reading, child_name);
  };
  if (diagram.FieldOf(node) != static_cast<int>(field)) return descend(node, name);
  const auto key = std::make_tuple(node, static_cast<int>(field), reading.direction, reading.orientation);
  if (auto found = made_.find(key); found != made_.end()) return found->second;

  const flow::InterfaceClasses& classes = policy_.interfaces;
  const NodeId other = diagram.Child(node, classes.size() - 1);
  std::vector<std::pair<std::string, std::string>> exact;  // name and verdict
  std::vector<std::string> prefixes;
  for (flow::InterfaceClassId id = 0; id < classes.size(); ++id) {
    if (classes[id].kind == InterfaceClass::Kind::kPrefix) prefixes.push_back(classes[id].text);
  }
  std::map<int, std::vector<std::string>, std::greater<>> by_depth;  // deepest prefixes first
  for (flow::InterfaceClassId id = 0; id < classes.size(); ++id) {
    const InterfaceClass& interface = classes[id];
    if (interface.kind == InterfaceClass::Kind::kOther) continue;
    const NodeId child = diagram.Child(node, id);
    if (child == other && prefixes.empty()) continue;
    const std::string chain = descend(child, NextName(name));
    if (interface.kind == InterfaceClass::Kind::kExact) {
      exact.emplace_back(interface.text, Verdict(chain));
    } else {
      by_depth[Depth(interface.text, prefixes)].push_back(
          fmt::format("\"{}*\" : {}", interface.text, Verdict(chain)));
    }
  }
  const PacketFields fields = FieldsOf(reading);
  const std::string_view interface_key = field == Field::kInterface ? fields.interface : fields.out;
  std::vector<std::string> rules;
  if (exact.size() <= kFewNames) {
    for (const auto& [text, verdict] : exact)
      rules.push_back(fmt::format("{} \"{}\" {}", interface_key, text, verdict));
  } else {
    std::vector<std::string> elements;
    elements.reserve(exact.size());
    for (const auto& [text, verdict] : exact) elements.push_back(fmt::format("\"{}\" : {}", text, verdict));
    rules.push_back(fmt::format("{} vmap {{ {} }}", interface_key, fmt::join(elements, ", ")));
  }
  for (const auto& [depth, entries] : by_depth) {
    rules.push_back(fmt::format("{} vmap {{ {} }}", interface_key, fmt::join(entries, ", ")));
  }
  if (const std::string chain = descend(other, NextName(name)); !chain.empty())
    rules.push_back("goto " + chain);
  const std::string made = NextName(name);
  AddChain(made, rules);
  return made_[key] = made;
}

std::string Lookups::Families(NodeId node, Reading reading, const std::string& name) {
  if (Misses(node)) return {};
  const auto key =
      std::make_tuple(node, static_cast<int>(Field::kFamily), reading.direction, reading.orientation);
  if (auto found = made_.find(key); found != made_.end()) return found->second;
  const ir::Diagram& diagram = policy_.diagram;
  std::vector<std::string> rules;
  for (const Family family : flow::kFamilies) {
    const NodeId child = diagram.FieldOf(node) == static_cast<int>(Field::kFamily)
                             ? diagram.Child(node, static_cast<flow::Value>(family))
                             : node;
    const bool v4 = family == Family::kIpv4;
    const std::string chain = Tables(child, family, reading, name + (v4 ? "_ip" : "_ip6"));
    if (!chain.empty()) rules.push_back(fmt::format("meta nfproto {} goto {}", v4 ? "ipv4" : "ipv6", chain));
  }
  if (rules.empty()) return made_[key] = {};
  AddChain(name, rules);
  return made_[key] = name;
}

std::string Lookups::Tables(NodeId node, Family family, Reading reading, const std::string& name) {
  if (Misses(node)) return {};
  // Comparisons, one for each protocol that has a table: cheaper than a verdict map, and TCP and UDP come
  // first.
  std::vector<std::string> rules;
  const auto dispatch = [&](unsigned protocol, const std::string& chain) {
    rules.push_back(fmt::format("meta l4proto {} goto {}", protocol, chain));
  };
  if (const std::string ports = TableChain(node, family, TableKind::kPorts, reading, name + "_ports");
      !ports.empty()) {
    for (const unsigned protocol : MapsOf(node, family, TableKind::kPorts, reading.orientation).protocols)
      dispatch(protocol, ports);
  }
  if (const std::string icmp = TableChain(node, family, TableKind::kIcmp, reading, name + "_icmp");
      !icmp.empty()) {
    dispatch(family == Family::kIpv4 ? flow::kProtocolIcmp : flow::kProtocolIcmpv6, icmp);
  }
  // It knows none of the protocols above.
  if (const std::string other = TableChain(node, family, TableKind::kOther, reading, name + "_other");
      !other.empty()) {
    rules.push_back("goto " + other);
  }
  AddChain(name, rules);
  return name;
}

std::string Lookups::TableChain(NodeId node, Family family, TableKind kind, Reading reading,
                                const std::string& name) {
  const TableNames& table = MapsOf(node, family, kind, reading.orientation);
  if (table.rules.empty()) return {};
  const PacketFields fields = FieldsOf(reading);
  const std::string address = family == Family::kIpv4 ? "ip " : "ip6 ";
  std::vector<std::string> rules = table.rules;
  for (std::string& rule : rules) {
    ReplaceAll(rule, "{peer}", address + std::string(fields.peer));
    ReplaceAll(rule, "{self}", address + std::string(fields.self));
    ReplaceAll(rule, "{port}", fields.port);
  }
  AddChain(name, rules);
  return name;
}

const Lookups::TableNames& Lookups::MapsOf(NodeId node, Family family, TableKind kind,
                                           Orientation orientation) {
  // Only ICMP reads differently from the other end.
  if (kind != TableKind::kIcmp) orientation = Orientation::kThere;
  const auto key = std::make_tuple(node, family, kind, orientation);
  if (auto found = tables_.find(key); found != tables_.end()) return found->second;
  const netfilter::Table table = netfilter::Cover(policy_.diagram, node, family, kind, orientation);
  TableNames names;
  if (!table.empty()) {
    TableText text = WriteTable(table, fmt::format("t{}", next_table_++), policy_.labels);
    maps_ += text.maps;
    names.rules = std::move(text.rules);
    if (kind == TableKind::kPorts) names.protocols = ProtocolsOf(table);
  }
  return tables_.emplace(key, std::move(names)).first->second;
}

}  // namespace appnet::backend::nftables
