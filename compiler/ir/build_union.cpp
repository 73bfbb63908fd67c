#include "ir/build_union.h"

#include <algorithm>
#include <array>

#include "ir/segment_tree.h"
#include "ir/set_store.h"

namespace appnet::ir {
namespace {

// A box of one family, its sets as ids. Rows sorted by (sets, element) have the rows with one set of the
// first field together, and those are sorted by the rest again.
struct Row {
  std::array<SetStore::Id, kFieldCount> sets;
  SetElement element;
  friend bool operator==(const Row&, const Row&) = default;
  friend bool operator<(const Row& a, const Row& b) {
    return a.sets != b.sets ? a.sets < b.sets : a.element < b.element;
  }
};

class UnionBuilder {
 public:
  UnionBuilder(Diagram& diagram, LeafSets& sets, const Space& space)
      : diagram_(diagram),
        sets_(sets),
        nothing_(diagram.MakeLeaf(kEmptySet)),
        interfaces_(space.Maximum(Field::kInterface, Family::kIpv4)),
        out_(space.Maximum(Field::kOut, Family::kIpv4)),
        family_(space.Maximum(Field::kFamily, Family::kIpv4)),
        addresses_{SetStore(base::MaxAddress(Family::kIpv4)), SetStore(base::MaxAddress(Family::kIpv6))},
        services_{SetStore(flow::kMaxService), SetStore(flow::kMaxService)},
        tests_out_(space.direction == flow::Direction::kForward) {}

  NodeId Build(std::span<const UnionBox> boxes) {
    if (!diagram_.Spend(boxes.size())) return kNowhere;
    std::vector<Row> rows = RowsOf(boxes);
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows.empty() ? nothing_ : BuildField(0, rows);
  }

 private:
  // All rows with one set in the field at hand.
  struct Group {
    SetStore::Id set;
    std::span<const Row> rows;
  };

  std::vector<Row> RowsOf(std::span<const UnionBox> boxes) {
    std::vector<Row> rows;
    rows.reserve(boxes.size());
    const flow::Region* last = nullptr;
    std::size_t last_begin = 0, last_end = 0;
    for (const UnionBox& box : boxes) {
      if (box.region == last) {  // one rule with several domains: the same sets again
        for (std::size_t i = last_begin; i < last_end; ++i) {
          Row row = rows[i];
          row.element = box.element;
          rows.push_back(row);
        }
        continue;
      }
      last = box.region;
      last_begin = rows.size();
      AddRows(*box.region, box.element, rows);
      last_end = rows.size();
    }
    return rows;
  }

  void AddRows(const flow::Region& region, SetElement element, std::vector<Row>& rows) {
    if (region.interfaces.empty() || (tests_out_ && region.out.empty())) return;
    const SetStore::Id interfaces = interfaces_.Intern(region.interfaces);
    const SetStore::Id out = tests_out_ ? out_.Intern(region.out) : SetStore::kWhole;
    for (const Family family : flow::kFamilies) {
      const IntervalSet& peer = region.peer.of(family);
      const IntervalSet& self = region.self.of(family);
      const IntervalSet& services = region.services.of(family);
      if (peer.empty() || self.empty() || services.empty()) continue;
      const auto f = static_cast<std::size_t>(FamilyValue(family));
      rows.push_back({{interfaces, out, family_.Intern(families_[f]), addresses_[f].Intern(peer),
                       services_[f].Intern(services), addresses_[f].Intern(self)},
                      element});
    }
  }

  const SetStore& StoreOf(int field, const Row& row) const {
    switch (static_cast<Field>(field)) {
      case Field::kInterface:
        return interfaces_;
      case Field::kOut:
        return out_;
      case Field::kFamily:
        return family_;
      default:
        break;
    }
    // below the family's test all rows at hand are of one family
    const IntervalSet& family = family_[row.sets[IndexOf(Field::kFamily)]];
    const std::size_t f = family == families_[0] ? 0 : 1;
    return static_cast<Field>(field) == Field::kService ? services_[f] : addresses_[f];
  }

  // `rows`: not empty, sorted by what remains from `field` on.
  NodeId BuildField(int field, std::span<const Row> rows) {
    if (!diagram_.Spend(1)) return kNowhere;
    if (field == kFieldCount) return BuildLeaf(rows);
    const auto index = static_cast<std::size_t>(field);
    const SetStore::Id first = rows.front().sets[index];
    if (first != rows.back().sets[index]) return BuildTree(field, rows);
    const NodeId inner = BuildField(field + 1, rows);
    if (first == SetStore::kWhole) return inner;
    const SetStore& store = StoreOf(field, rows.front());
    return diagram_.FromIntervals(static_cast<Field>(field), store.maximum(), store[first], inner, nothing_);
  }

  NodeId BuildLeaf(std::span<const Row> rows) {
    std::vector<SetElement> elements;
    elements.reserve(rows.size());
    for (const Row& row : rows) elements.push_back(row.element);
    const LeafSetId id = sets_.Intern(elements);
    diagram_.Spend(rows.size());
    if (sets_.element_total() > diagram_.budget().set_elements) diagram_.GiveUp();
    return diagram_.MakeLeaf(id);
  }

  std::vector<Group> GroupsOf(int field, std::span<const Row> rows) const {
    const auto index = static_cast<std::size_t>(field);
    std::vector<Group> groups;
    for (std::size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
      while (end < rows.size() && rows[end].sets[index] == rows[begin].sets[index]) ++end;
      groups.push_back({rows[begin].sets[index], rows.subspan(begin, end - begin)});
    }
    return groups;
  }

  // Several sets in this field: build what stands at each tree node, then hand it down to the elementary
  // intervals.
  NodeId BuildTree(int field, std::span<const Row> rows) {
    const SetStore& store = StoreOf(field, rows.front());
    std::vector<const IntervalSet*> sets;
    std::vector<NodeId> inner;
    NodeId everywhere = nothing_;
    for (const Group& group : GroupsOf(field, rows)) {
      const NodeId below = BuildField(field + 1, group.rows);
      if (group.set == SetStore::kWhole) {
        everywhere = below;
        continue;
      }
      sets.push_back(&store[group.set]);
      inner.push_back(below);
      if (!diagram_.Spend(sets.back()->size())) return kNowhere;
    }
    const SegmentTree tree(store.maximum(), sets);
    const std::size_t width = tree.width();
    std::vector<NodeId> handed_down(2 * width);
    handed_down[0] = everywhere;  // the root's parent
    for (std::size_t node = 1; node < 2 * width; ++node) {
      NodeId& here = handed_down[node];
      here = handed_down[node / 2];
      if (const auto placed = tree.SetsAt(node); !placed.empty()) {
        here = UnionOf(diagram_, sets_, here, UnionOfAll(placed, inner));
        if (diagram_.exceeded()) return kNowhere;
      }
    }
    std::vector<Diagram::Edge> edges;
    edges.reserve(tree.interval_count());
    for (std::size_t i = 0; i < tree.interval_count(); ++i)
      edges.push_back({tree.HighOf(i), handed_down[width + i]});
    return diagram_.MakeNode(static_cast<Field>(field), edges);
  }

  // In pairs, then pairs of pairs: adding one by one would walk the growing sum each time.
  NodeId UnionOfAll(std::span<const std::uint32_t> groups, const std::vector<NodeId>& inner) {
    if (groups.size() == 1) return inner[groups[0]];
    std::vector<NodeId> open;
    open.reserve(groups.size());
    for (const std::uint32_t group : groups) open.push_back(inner[group]);
    std::sort(open.begin(), open.end());
    open.erase(std::unique(open.begin(), open.end()), open.end());
    while (open.size() > 1 && diagram_.Spend(open.size())) {
      std::size_t kept = 0;
      for (std::size_t i = 0; i < open.size(); i += 2) {
        open[kept++] = i + 1 < open.size() ? UnionOf(diagram_, sets_, open[i], open[i + 1]) : open[i];
      }
      open.resize(kept);
    }
    return open[0];
  }

  Diagram& diagram_;
  LeafSets& sets_;
  NodeId nothing_;
  const std::array<IntervalSet, 2> families_{IntervalSet::Of(0, 0), IntervalSet::Of(1, 1)};
  SetStore interfaces_, out_, family_;
  std::array<SetStore, 2> addresses_, services_;
  bool tests_out_;
};

}  // namespace

NodeId BuildUnion(Diagram& diagram, LeafSets& sets, const Space& space, std::span<const UnionBox> boxes) {
  if (diagram.exceeded()) return kNowhere;
  return UnionBuilder(diagram, sets, space).Build(boxes);
}

}  // namespace appnet::ir
