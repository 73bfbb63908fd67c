#include "backend/nftables/map_text.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

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
};

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
    for (const netfilter::PeerPieces& peer : peers) {
      for (const Piece& piece : peer.pieces) {
        const bool self = netfilter::SelfMatters(table_.family, piece);
        const bool exact = !self && IsExact(peer.peer, with_peer) && IsExact(piece.service);
        const std::size_t shape = (piece.leaf == ir::kMiss ? 3 : 0) + (self ? 2 : exact ? 0 : 1);
        WriteElement(elements[shape], with_peer, self, peer.peer, piece);
      }
    }
    for (std::size_t i = 0; i < kShapes.size(); ++i) {
      if (elements[i].size() == 0) continue;
      Shape shape = kShapes[i];
      shape.peer = with_peer;
      Declare(layer, shape, elements[i]);
    }
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

  void Declare(const std::string& layer, const Shape& shape, const fmt::memory_buffer& elements) {
    const std::string name = fmt::format("{}_{}{}{}{}", name_, layer, shape.self ? "_own" : "",
                                         shape.exact ? "_exact" : "", shape.miss ? "_none" : "");
    const bool v4 = table_.family == Family::kIpv4;
    const std::string address = v4 ? "ipv4_addr" : "ipv6_addr";
    std::string type;
    std::string key;
    auto field = [&](const std::string& field_type, const std::string& field_key) {
      type += (type.empty() ? "" : " . ") + field_type;
      key += (key.empty() ? "" : " . ") + field_key;
    };
    if (shape.peer) field(address, "{peer}");
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
