#include "backend/netfilter/cover.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/check.h"

namespace appnet::backend::netfilter {
namespace {

using flow::Value;
using ir::Diagram;
using ir::Field;
using ir::NodeId;

// A range of services of the diagram, and what to add to make it the value that the packet shows.
struct ServiceWindow {
  Interval range;
  Value packet_low;  // where range.low is seen in the packet
};

// A function of service and own address: the whole table's services in ascending order of what the packet
// shows, each with the node (a leaf or a test of kSelf) that decides. Neighbours differ, windows aside.
struct ServiceRun {
  Interval service;
  NodeId node;
  friend bool operator==(const ServiceRun&, const ServiceRun&) = default;
};
using ServiceFunction = std::vector<ServiceRun>;
using FunctionId = std::uint32_t;

Interval WholeProtocol(unsigned protocol) {
  return {flow::ServiceValue(protocol, 0), flow::ServiceValue(protocol, 0xffff)};
}

// Request and answer types that connection tracking pairs (Linux nf_conntrack_proto_icmp.c, _icmpv6.c:
// invmap).
std::vector<std::pair<unsigned, unsigned>> IcmpPairs(Family family) {
  if (family == Family::kIpv4) return {{8, 0}, {13, 14}, {15, 16}, {17, 18}};
  return {{128, 129}, {139, 140}};
}

std::vector<ServiceWindow> WindowsOf(Family family, TableKind kind, Orientation orientation) {
  const unsigned icmp = family == Family::kIpv4 ? flow::kProtocolIcmp : flow::kProtocolIcmpv6;
  std::vector<ServiceWindow> windows;
  auto add_whole = [&](unsigned protocol) {
    windows.push_back({WholeProtocol(protocol), WholeProtocol(protocol).low});
  };
  switch (kind) {
    case TableKind::kPorts:
      for (const unsigned protocol : flow::kPortProtocols) add_whole(protocol);
      break;
    case TableKind::kIcmp:
      if (orientation == Orientation::kThere) {
        add_whole(icmp);
      } else {
        for (const auto& [request, answer] : IcmpPairs(family)) {
          windows.push_back(
              {{flow::ServiceValue(icmp, request << 8), flow::ServiceValue(icmp, request << 8 | 0xff)},
               flow::ServiceValue(icmp, answer << 8)});
        }
      }
      break;
    case TableKind::kOther:
      for (unsigned protocol = 0; protocol < 256; ++protocol) {
        if (!flow::HasPorts(protocol) && protocol != icmp) add_whole(protocol);
      }
      break;
  }
  std::sort(windows.begin(), windows.end(),
            [](const ServiceWindow& a, const ServiceWindow& b) { return a.packet_low < b.packet_low; });
  // Neighbours are one window: of bare protocols there are 250.
  std::vector<ServiceWindow> merged;
  for (const ServiceWindow& window : windows) {
    const bool follows =
        !merged.empty() && merged.back().range.high + 1 == window.range.low &&
        window.range.low - merged.back().range.low == window.packet_low - merged.back().packet_low;
    if (follows) {
      merged.back().range.high = window.range.high;
    } else {
      merged.push_back(window);
    }
  }
  return merged;
}

class Coverer {
 public:
  Coverer(const Diagram& diagram, Family family, TableKind kind, Orientation orientation)
      : diagram_(diagram), family_(family), kind_(kind), windows_(WindowsOf(family, kind, orientation)) {}

  Table Run(NodeId node) {
    Table table{kind_, family_, {}, {}, {}};
    std::vector<PeerRun> runs = PeerRuns(node);
    const FunctionId fallback = Widest(runs);
    AssignNetworks(runs);
    for (std::size_t i = 0; i < runs.size();) {
      const std::size_t first = i;  // a maximal stretch with one network function
      while (i < runs.size() && runs[i].network == runs[first].network) ++i;
      std::size_t below = kDefaultLayer;
      if (runs[first].network != fallback) {
        below = table.networks.size();
        table.networks.push_back({{runs[first].peer.low, runs[i - 1].peer.high},
                                  Difference(runs[first].network, fallback),
                                  kDefaultLayer});
        APPNET_CHECK(!table.networks.back().pieces.empty(), "different functions without a difference");
      }
      for (std::size_t k = first; k < i; ++k) {
        if (runs[k].function == runs[k].network) continue;
        table.hosts.push_back({runs[k].peer, Difference(runs[k].function, runs[k].network), below});
      }
    }
    const FunctionId nothing = Intern(Constant());
    table.defaults = Difference(fallback, nothing);
    return table;
  }

 private:
  struct PeerRun {
    Interval peer;
    FunctionId function;
    FunctionId network;  // what the network layer says here; differs from function for hosts only
  };

  std::vector<PeerRun> PeerRuns(NodeId node) {
    std::vector<PeerRun> runs;
    auto add = [&](Interval peer, NodeId child) {
      const FunctionId function = FunctionOf(child);
      if (!runs.empty() && runs.back().function == function) {
        runs.back().peer.high = peer.high;
      } else {
        runs.push_back({peer, function, function});
      }
    };
    const Value top = base::MaxAddress(family_);
    if (diagram_.FieldOf(node) != static_cast<int>(Field::kPeer)) {
      add({0, top}, node);
      return runs;
    }
    Value low = 0;
    for (std::size_t i = 0; i < diagram_.EdgeCount(node); ++i) {
      const Value high = std::min(diagram_.EdgeHigh(node, i), top);
      add({low, high}, diagram_.EdgeChild(node, i));
      if (high == top) break;
      low = high + 1;
    }
    return runs;
  }

  // The function of the largest part of the peers; the first one among equals.
  static FunctionId Widest(const std::vector<PeerRun>& runs) {
    std::map<FunctionId, Value> span;  // high - low summed: can't overflow, unlike the count
    for (const PeerRun& run : runs) span[run.function] += run.peer.high - run.peer.low;
    FunctionId widest = runs.front().function;
    for (const PeerRun& run : runs) {
      if (span[run.function] > span[widest]) widest = run.function;
    }
    return widest;
  }

  // Single addresses become hosts of the network before them (at the bottom: after them).
  static void AssignNetworks(std::vector<PeerRun>& runs) {
    auto single = [](const PeerRun& run) { return run.peer.low == run.peer.high; };
    const auto first_network = std::find_if_not(runs.begin(), runs.end(), single);
    if (first_network == runs.end()) return;
    FunctionId network = first_network->function;
    for (PeerRun& run : runs) {
      if (!single(run)) network = run.function;
      run.network = network;
    }
  }

  FunctionId FunctionOf(NodeId node) {
    if (auto found = function_of_node_.find(node); found != function_of_node_.end()) return found->second;
    ServiceFunction function;
    for (const ServiceWindow& window : windows_) AddWindow(node, window, function);
    const FunctionId id = Intern(std::move(function));
    function_of_node_.emplace(node, id);
    return id;
  }

  void AddWindow(NodeId node, const ServiceWindow& window, ServiceFunction& function) const {
    auto add = [&](Value low, Value high, NodeId child) {
      const Interval shown{window.packet_low + (low - window.range.low),
                           window.packet_low + (high - window.range.low)};
      if (!function.empty() && function.back().node == child &&
          function.back().service.high + 1 == shown.low) {
        function.back().service.high = shown.high;
      } else {
        function.push_back({shown, child});
      }
    };
    if (FieldOf(node) != static_cast<int>(Field::kService)) {
      add(window.range.low, window.range.high, node);
      return;
    }
    std::size_t low_index = 0;  // the first edge that reaches into the window
    std::size_t count = diagram_.EdgeCount(node);
    while (count > 0) {
      const std::size_t half = count / 2;
      if (diagram_.EdgeHigh(node, low_index + half) < window.range.low) {
        low_index += half + 1;
        count -= half + 1;
      } else {
        count = half;
      }
    }
    Value low = window.range.low;
    for (std::size_t i = low_index; i < diagram_.EdgeCount(node); ++i) {
      const Value high = std::min(diagram_.EdgeHigh(node, i), window.range.high);
      add(low, high, diagram_.EdgeChild(node, i));
      if (high == window.range.high) break;
      low = high + 1;
    }
  }

  ServiceFunction Constant() const {  // a miss for every service
    ServiceFunction function;
    for (const ServiceWindow& window : windows_) {
      AddWindow(MissNode(), window, function);
    }
    return function;
  }

  static constexpr NodeId kMissNode = static_cast<NodeId>(-1);
  static NodeId MissNode() { return kMissNode; }
  int FieldOf(NodeId node) const { return node == kMissNode ? ir::kFieldCount : diagram_.FieldOf(node); }

  FunctionId Intern(ServiceFunction function) {
    std::size_t hash = 0;
    for (const ServiceRun& run : function) {
      hash = hash * 1000003 + static_cast<std::size_t>(run.service.low) * 31 +
             static_cast<std::size_t>(run.service.high) * 7 + run.node;
    }
    auto [begin, end] = interned_.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
      if (functions_[it->second] == function) return it->second;
    }
    const auto id = static_cast<FunctionId>(functions_.size());
    functions_.push_back(std::move(function));
    interned_.emplace(hash, id);
    return id;
  }

  // Where `wanted` differs from `below`, what `wanted` says there.
  std::vector<Piece> Difference(FunctionId wanted_id, FunctionId below_id) const {
    const ServiceFunction& wanted = functions_[wanted_id];
    const ServiceFunction& below = functions_[below_id];
    std::vector<Piece> pieces;
    std::size_t b = 0;
    for (const ServiceRun& run : wanted) {
      while (b < below.size() && below[b].service.high < run.service.low) ++b;
      for (std::size_t k = b; k < below.size() && below[k].service.low <= run.service.high; ++k) {
        if (below[k].node == run.node) continue;
        AddSelfDifference({std::max(run.service.low, below[k].service.low),
                           std::min(run.service.high, below[k].service.high)},
                          run.node, below[k].node, pieces);
      }
    }
    return pieces;
  }

  struct SelfRun {
    Value high;
    ir::Leaf leaf;
  };
  std::vector<SelfRun> SelfRuns(NodeId node) const {
    const Value top = base::MaxAddress(family_);
    if (node == kMissNode) return {{top, ir::kMiss}};
    if (diagram_.IsLeaf(node)) return {{top, diagram_.LeafOf(node)}};
    APPNET_CHECK(diagram_.FieldOf(node) == static_cast<int>(Field::kSelf), "fields out of order");
    std::vector<SelfRun> runs;
    for (std::size_t i = 0; i < diagram_.EdgeCount(node); ++i) {
      runs.push_back(
          {std::min(diagram_.EdgeHigh(node, i), top), diagram_.LeafOf(diagram_.EdgeChild(node, i))});
      if (runs.back().high == top) break;
    }
    return runs;
  }

  void AddSelfDifference(Interval service, NodeId wanted, NodeId below, std::vector<Piece>& pieces) const {
    const std::vector<SelfRun> wanted_runs = SelfRuns(wanted);
    const std::vector<SelfRun> below_runs = SelfRuns(below);
    const Value top = base::MaxAddress(family_);
    std::vector<std::pair<Interval, ir::Leaf>> parts;
    Value low = 0;
    for (std::size_t w = 0, b = 0;;) {
      const Value high = std::min(wanted_runs[w].high, below_runs[b].high);
      if (wanted_runs[w].leaf != below_runs[b].leaf) {
        if (!parts.empty() && parts.back().second == wanted_runs[w].leaf &&
            parts.back().first.high + 1 == low && low != 0) {
          parts.back().first.high = high;
        } else {
          parts.push_back({{low, high}, wanted_runs[w].leaf});
        }
      }
      if (high == top) break;
      if (wanted_runs[w].high == high) ++w;
      if (below_runs[b].high == high) ++b;
      low = high + 1;
    }
    for (const auto& [self, leaf] : parts) AddBoxes(service, self, leaf, pieces);
  }

  // One run of services as products.
  void AddBoxes(Interval service, Interval self, ir::Leaf leaf, std::vector<Piece>& pieces) const {
    auto add = [&](ServiceBox box) { pieces.push_back({box, self, leaf}); };
    const auto protocol_of = [](Value value) { return value >> 16; };
    if (kind_ == TableKind::kOther) {
      APPNET_CHECK((service.low & 0xffff) == 0 && (service.high & 0xffff) == 0xffff,
                   "a bare protocol was split");
      add({{protocol_of(service.low), protocol_of(service.high)}, {0, 0}});
      return;
    }
    // Split at multiples of the second part's size: ports by protocol, ICMP codes by type.
    const int bits = kind_ == TableKind::kPorts ? 16 : 8;
    const Value mask = (Value{1} << bits) - 1;
    Value low = service.low;
    while (true) {
      const Value high = std::min(service.high, low | mask);
      Value whole_to = high;  // ICMP: several whole types are one product
      if (kind_ == TableKind::kIcmp && (low & mask) == 0 && high == (low | mask)) {
        while (whole_to < service.high && service.high - whole_to > mask) whole_to += mask + 1;
      }
      add({{low >> bits & 0xff, whole_to >> bits & 0xff}, {low & mask, high & mask}});
      if (whole_to >= service.high) return;
      low = whole_to + 1;
    }
  }

  const Diagram& diagram_;
  Family family_;
  TableKind kind_;
  std::vector<ServiceWindow> windows_;
  std::vector<ServiceFunction> functions_;
  std::unordered_multimap<std::size_t, FunctionId> interned_;
  std::unordered_map<NodeId, FunctionId> function_of_node_;
};

}  // namespace

Table Cover(const ir::Diagram& diagram, ir::NodeId node, Family family, TableKind kind,
            Orientation orientation) {
  return Coverer(diagram, family, kind, orientation).Run(node);
}

bool SelfMatters(Family family, const Piece& piece) {
  return piece.self.low != 0 || piece.self.high != base::MaxAddress(family);
}

}  // namespace appnet::backend::netfilter
