#include "verify/rules/map_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "ir/build_union.h"
#include "verify/rules/first_match.h"
#include "verify/rules/reading.h"

namespace appnet::verify::rules {
namespace {

constexpr std::array<Field, 3> kFields = {Field::kPeer, Field::kService, Field::kSelf};

struct Entry {
  std::array<Interval, 3> sides;  // by kFields
  Leaf leaf;
};

class MapBuilder {
 public:
  MapBuilder(FlowSpace& space, const Map& map, const std::vector<FlowPart>& parts,
             const std::vector<Leaf>& labels)
      : space_(space), map_(map), labels_(labels), nothing_(space.MakeLeaf(map.is_set ? kNo : kNothing)) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      places_[static_cast<std::size_t>(parts[i])] = i;
      const KeyType type = map.types[i];
      if (type == KeyType::kIpv4 || type == KeyType::kIcmpType || type == KeyType::kIcmpCode)
        SetFamily(Family::kIpv4);
      if (type == KeyType::kIpv6 || type == KeyType::kIcmpv6Type || type == KeyType::kIcmpv6Code)
        SetFamily(Family::kIpv6);
      if (std::find(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(i), parts[i]) !=
          parts.begin() + static_cast<std::ptrdiff_t>(i)) {
        wrong_ = "a field twice in one key";
      }
    }
    if (Has(FlowPart::kPort) && !Has(FlowPart::kProtocol)) wrong_ = "ports without their protocol";
    if (Has(FlowPart::kIcmpCode) && !Has(FlowPart::kIcmpType)) wrong_ = "a code without its type";
    if (Has(FlowPart::kIcmpType) && Has(FlowPart::kProtocol))
      wrong_ = "ICMP types and other protocols in one key";
  }

  std::variant<NodeId, std::string> Build() {
    if (!wrong_.empty()) return wrong_;
    const Family family = family_.value_or(Family::kIpv4);
    const std::size_t width = map_.types.size();
    for (std::size_t i = 0; i < map_.size(); ++i) {
      const Leaf leaf = map_.is_set ? kYes : labels_[map_.contexts[i]];
      AddEntries(std::span(map_.keys).subspan(i * width, width), leaf, family);
    }
    std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      for (std::size_t i = 0; i < a.sides.size(); ++i) {
        if (!(a.sides[i] == b.sides[i]))
          return std::pair(a.sides[i].low, a.sides[i].high) < std::pair(b.sides[i].low, b.sides[i].high);
      }
      return false;
    });
    NodeId node = ir::kNowhere;
    if (!BuildDisjoint(entries_, 0, family, node)) node = BuildOverlapping(family);
    if (!wrong_.empty()) return wrong_;
    if (Has(FlowPart::kIcmpType)) {
      const unsigned icmp = IcmpOf(family);
      const Side others{Field::kService, IntervalSet({{0, flow::ServiceValue(icmp, 0) - 1},
                                                      {flow::ServiceValue(icmp + 1, 0), flow::kMaxService}})};
      const Case foreign{{others}, space_.MakeLeaf(kGarbage)};
      node = FirstMatch(space_, family, {&foreign, 1}, node);
    }
    if (!family_) return node;
    const NodeId garbage = space_.MakeLeaf(kGarbage);
    return family == Family::kIpv4 ? space_.ByFamily(node, garbage) : space_.ByFamily(garbage, node);
  }

 private:
  void SetFamily(Family family) {
    if (family_ && *family_ != family) wrong_ = "two address families in one key";
    family_ = family;
  }

  bool Has(FlowPart part) const { return places_[static_cast<std::size_t>(part)].has_value(); }
  Interval ValueOf(std::span<const Interval> key, FlowPart part) const {
    return key[*places_[static_cast<std::size_t>(part)]];
  }

  void AddEntries(std::span<const Interval> key, Leaf leaf, Family family) {
    const Interval any{0, base::MaxAddress(family)};
    Entry entry{{Has(FlowPart::kPeer) ? ValueOf(key, FlowPart::kPeer) : any,
                 {0, flow::kMaxService},
                 Has(FlowPart::kSelf) ? ValueOf(key, FlowPart::kSelf) : any},
                leaf};
    Interval& service = entry.sides[1];
    if (Has(FlowPart::kPort)) {
      const Interval protocols = ValueOf(key, FlowPart::kProtocol);
      const Interval ports = ValueOf(key, FlowPart::kPort);
      for (Value protocol = protocols.low; protocol <= protocols.high; ++protocol) {
        const Value first = flow::ServiceValue(static_cast<unsigned>(protocol), 0);
        const bool has_ports = flow::HasPorts(static_cast<unsigned>(protocol));
        service =
            has_ports ? Interval{first + ports.low, first + ports.high} : Interval{first, first + 0xffff};
        entry.leaf = has_ports ? leaf : kGarbage;
        entries_.push_back(entry);
      }
    } else if (Has(FlowPart::kProtocol)) {
      const Interval protocols = ValueOf(key, FlowPart::kProtocol);
      service = {flow::ServiceValue(static_cast<unsigned>(protocols.low), 0),
                 flow::ServiceValue(static_cast<unsigned>(protocols.high), 0xffff)};
      entries_.push_back(entry);
    } else if (Has(FlowPart::kIcmpType)) {
      const Interval types = ValueOf(key, FlowPart::kIcmpType);
      const Interval codes = Has(FlowPart::kIcmpCode) ? ValueOf(key, FlowPart::kIcmpCode) : Interval{0, 0xff};
      const Value icmp = flow::ServiceValue(IcmpOf(family), 0);
      if (codes == Interval{0, 0xff}) {
        service = {icmp + (types.low << 8), icmp + (types.high << 8 | 0xff)};
        entries_.push_back(entry);
      } else {
        for (Value type = types.low; type <= types.high; ++type) {
          service = {icmp + (type << 8 | codes.low), icmp + (type << 8 | codes.high)};
          entries_.push_back(entry);
        }
      }
    } else {
      entries_.push_back(entry);
    }
  }

  // The usual map: in each field equal intervals stand together and different ones are disjoint. False where
  // they are not.
  bool BuildDisjoint(std::span<const Entry> entries, std::size_t index, Family family, NodeId& node) {
    if (index == kFields.size()) {
      if (entries.size() > 1) return false;
      node = space_.MakeLeaf(entries[0].leaf);
      return true;
    }
    const Value maximum = space_.MaximumOf(kFields[index], family);
    std::vector<ir::Diagram::Edge> edges;
    Value next = 0;  // the first value not yet covered
    bool full = false;
    for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
      const Interval side = entries[begin].sides[index];
      while (end < entries.size() && entries[end].sides[index] == side) ++end;
      if (full || side.low < next) return false;
      NodeId below = ir::kNowhere;
      if (!BuildDisjoint(entries.subspan(begin, end - begin), index + 1, family, below)) return false;
      if (side.low > next) edges.push_back({side.low - 1, nothing_});
      edges.push_back({side.high, below});
      full = side.high == maximum;
      next = side.high + 1;
    }
    if (!full) edges.push_back({maximum, nothing_});
    node = space_.diagram().MakeNode(kFields[index], edges);
    return true;
  }

  // Any map: which elements are where.
  NodeId BuildOverlapping(Family family) {
    ir::Diagram& diagram = space_.diagram();
    ir::LeafSets sets(diagram);
    std::vector<flow::Region> regions(entries_.size());
    std::vector<ir::UnionBox> boxes;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      regions[i].interfaces = space_.interfaces().Any();
      regions[i].peer.of(family) = IntervalSet({entries_[i].sides[0]});
      regions[i].services.of(family) = IntervalSet({entries_[i].sides[1]});
      regions[i].self.of(family) = IntervalSet({entries_[i].sides[2]});
      boxes.push_back({&regions[i], static_cast<ir::SetElement>(i)});
    }
    const ir::Space space{flow::Direction::kConnect, space_.interfaces().size()};
    const NodeId all = ir::BuildUnion(diagram, sets, space, boxes);
    const NodeId node = diagram.Map(space_.OfFamily(all, family), [&](Leaf leaf) {
      const auto elements = sets.Elements(leaf);
      if (elements.empty()) return map_.is_set ? kNo : kNothing;
      if (elements.size() > 1) wrong_ = "elements that overlap";
      return entries_[elements[0]].leaf;
    });
    return node;
  }

  FlowSpace& space_;
  const Map& map_;
  const std::vector<Leaf>& labels_;
  NodeId nothing_;
  std::array<std::optional<std::size_t>, 6> places_;
  std::optional<Family> family_;
  std::vector<Entry> entries_;
  std::string wrong_;
};

}  // namespace

std::variant<NodeId, std::string> MapFunction(FlowSpace& space, const Map& map,
                                              const std::vector<FlowPart>& parts,
                                              const std::vector<Leaf>& labels) {
  return MapBuilder(space, map, parts, labels).Build();
}

}  // namespace appnet::verify::rules
