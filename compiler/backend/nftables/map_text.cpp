#include "backend/nftables/map_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <map>

namespace appnet::backend::nftables {
namespace {

using flow::Family;
using flow::Interval;
using netfilter::Piece;
using netfilter::Table;
using netfilter::TableKind;

// What one declaration holds. A miss ends the look-up, so it is a set with `return`; labels are maps.
struct Shape {
  bool peer = false;
  bool self = false;
  bool exact = false;  // hashed
  bool miss = false;
  int length = 0;  // of the networks in an exact map, whose key is masked; 0: whole addresses
};

// Networks of one prefix length with exact services are looked up in a hash, the address masked. That pays
// where they are so many that the interval map would take longer than one look-up more; and for a few lengths
// only.
constexpr std::size_t kManyNetworks = 64;
constexpr std::size_t kMostLengths = 3;

class TableWriter {
 public:
  TableWriter(const Table& table, const std::string& name, const std::vector<ir::Label>& labels)
      : table_(table), name_(name), labels_(labels) {}

  TableText Run() {
    WriteLayer("hosts", true, table_.hosts);
    WriteLayer("networks", true, table_.networks);
    if (!table_.defaults.empty()) {
      WriteLayer("defaults", false,
                 {{Interval{0, base::MaxAddress(table_.family)}, table_.defaults, netfilter::kDefaultLayer}});
    }
    return std::move(text_);
  }

 private:
  void WriteLayer(const std::string& layer, bool with_peer, const std::vector<netfilter::PeerPieces>& peers) {
    static constexpr std::array<Shape, 6> kShapes = {{{false, false, true, false},
                                                      {false, false, false, false},
                                                      {false, true, false, false},
                                                      {false, false, true, true},
                                                      {false, false, false, true},
                                                      {false, true, false, true}}};
    std::array<fmt::memory_buffer, kShapes.size()> elements;
    std::map<int, fmt::memory_buffer> by_length;
    for (const int length : CommonLengths(with_peer, peers)) by_length[length];
    for (const netfilter::PeerPieces& peer : peers) {
      for (const Piece& piece : peer.pieces) {
        const bool self = netfilter::SelfMatters(table_.family, piece);
        if (const auto hashed = by_length.find(NetworkLength(peer.peer, piece)); hashed != by_length.end()) {
          WriteElement(hashed->second, with_peer, false, Interval{peer.peer.low, peer.peer.low}, piece);
          continue;
        }
        const bool exact = !self && IsExact(peer.peer, with_peer) && IsExact(piece.service);
        const std::size_t shape = (piece.leaf == ir::kMiss ? 3 : 0) + (self ? 2 : exact ? 0 : 1);
        WriteElement(elements[shape], with_peer, self, peer.peer, piece);
      }
    }
    for (const auto& [length, text] : by_length) Declare(layer, {true, false, true, false, length}, text);
    for (std::size_t i = 0; i < kShapes.size(); ++i) {
      if (elements[i].size() == 0) continue;
      Shape shape = kShapes[i];
      shape.peer = with_peer;
      Declare(layer, shape, elements[i]);
    }
  }

  // The prefix length of a network that a masked hash can hold with this piece, or none (-1).
  int NetworkLength(const Interval& peer, const Piece& piece) const {
    if (peer.low == peer.high || piece.leaf == ir::kMiss || !IsExact(piece.service) ||
        netfilter::SelfMatters(table_.family, piece)) {
      return -1;
    }
    const int length = base::PrefixOf(table_.family, peer).value_or(-1);
    return length == 0 ? -1 : length;
  }

  // The lengths that are worth a hash of their own, the most frequent ones.
  std::vector<int> CommonLengths(bool with_peer, const std::vector<netfilter::PeerPieces>& peers) const {
    std::map<int, std::size_t> count;
    for (const netfilter::PeerPieces& peer : peers) {
      if (!with_peer) break;
      for (const Piece& piece : peer.pieces) ++count[NetworkLength(peer.peer, piece)];
    }
    count.erase(-1);
    std::vector<std::pair<std::size_t, int>> common;
    for (const auto& [length, many] : count) {
      if (many >= kManyNetworks) common.emplace_back(many, length);
    }
    std::sort(common.begin(), common.end(), std::greater<>());
    common.resize(std::min(common.size(), kMostLengths));
    std::vector<int> lengths;
    lengths.reserve(common.size());
    for (const auto& [many, length] : common) lengths.push_back(length);
    return lengths;
  }

  static bool IsExact(const Interval& peer, bool with_peer) { return !with_peer || peer.low == peer.high; }
  bool IsExact(const netfilter::ServiceBox& box) const {
    return box.first.low == box.first.high &&
           (table_.kind == TableKind::kOther || box.second.low == box.second.high);
  }

  void WriteElement(fmt::memory_buffer& out, bool with_peer, bool self, const Interval& peer,
                    const Piece& piece) const {
    auto to = std::back_inserter(out);
    fmt::format_to(to, "{}", out.size() == 0 ? "" : ",\n\t\t\t     ");
    if (with_peer) fmt::format_to(to, "{} . ", base::FormatAddressRange(table_.family, peer));
    const auto number = [&](const Interval& interval) {
      if (interval.low == interval.high) {
        fmt::format_to(to, "{}", static_cast<unsigned>(interval.low));
      } else {
        fmt::format_to(to, "{}-{}", static_cast<unsigned>(interval.low),
                       static_cast<unsigned>(interval.high));
      }
    };
    // Ports come before their protocol, as the more selective field.
    if (table_.kind != TableKind::kOther) {
      number(table_.kind == TableKind::kPorts ? piece.service.second : piece.service.first);
      fmt::format_to(to, " . ");
      number(table_.kind == TableKind::kPorts ? piece.service.first : piece.service.second);
    } else {
      number(piece.service.first);
    }
    if (self) fmt::format_to(to, " . {}", base::FormatAddressRange(table_.family, piece.self));
    if (piece.leaf != ir::kMiss) fmt::format_to(to, " : \"{}\"", labels_[ir::LabelFor(piece.leaf)].type);
  }

  std::string MaskOf(int length) const {
    const base::Value all = base::MaxAddress(table_.family);
    const int host_bits = base::AddressBits(table_.family) - length;
    return base::FormatAddress({table_.family, all >> host_bits << host_bits});
  }

  void Declare(const std::string& layer, const Shape& shape, const fmt::memory_buffer& elements) {
    const std::string name =
        fmt::format("{}_{}{}{}{}{}", name_, layer, shape.length != 0 ? fmt::format("_{}", shape.length) : "",
                    shape.self ? "_own" : "", shape.exact ? "_exact" : "", shape.miss ? "_none" : "");
    const bool v4 = table_.family == Family::kIpv4;
    const std::string address = v4 ? "ipv4_addr" : "ipv6_addr";
    std::string type;
    std::string key;
    auto field = [&](const std::string& field_type, const std::string& field_key) {
      type += (type.empty() ? "" : " . ") + field_type;
      key += (key.empty() ? "" : " . ") + field_key;
    };
    if (shape.peer) field(address, shape.length != 0 ? "{peer} & " + MaskOf(shape.length) : "{peer}");
    switch (table_.kind) {
      case TableKind::kPorts:
        field("inet_service", "{port}");
        field("inet_proto", "meta l4proto");
        break;
      case TableKind::kIcmp:
        field(v4 ? "icmp_type" : "icmpv6_type", v4 ? "icmp type" : "icmpv6 type");
        field(v4 ? "icmp_code" : "icmpv6_code", v4 ? "icmp code" : "icmpv6 code");
        break;
      case TableKind::kOther:
        field("inet_proto", "meta l4proto");
        break;
    }
    if (shape.self) field(address, "{self}");
    text_.maps += fmt::format("\t{} {} {{\n\t\ttype {}{}\n{}\t\telements = {{ {} }}\n\t}}\n\n",
                              shape.miss ? "set" : "map", name, type, shape.miss ? "" : " : secmark",
                              shape.exact ? "" : "\t\tflags interval\n",
                              std::string_view(elements.data(), elements.size()));
    text_.rules.push_back(shape.miss ? fmt::format("{} @{} return", key, name)
                                     : fmt::format("meta secmark set {} map @{} return", key, name));
  }

  const Table& table_;
  const std::string& name_;
  const std::vector<ir::Label>& labels_;
  TableText text_;
};

}  // namespace

TableText WriteTable(const Table& table, const std::string& name, const std::vector<ir::Label>& labels) {
  return TableWriter(table, name, labels).Run();
}

}  // namespace appnet::backend::nftables
