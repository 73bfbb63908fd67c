#include "verify/rules/first_match.h"

#include <algorithm>

namespace appnet::verify::rules {
namespace {

class Matcher {
 public:
  Matcher(FlowSpace& space, Family family, std::span<const Case> cases)
      : space_(space), diagram_(space.diagram()), family_(family), cases_(cases) {}

  NodeId Run(NodeId otherwise) {
    for (std::uint32_t i = 0; i < cases_.size(); ++i) candidates_.push_back({i, 0, cases_[i].node});
    return Among(0, otherwise);
  }

 private:
  // A case that the fields tested so far do not rule out.
  struct Candidate {
    std::uint32_t index;
    std::uint32_t first_side;  // those before it hold
    NodeId node;               // what the case gives, with the fields tested so far
    std::size_t edge = 0;      // of the node: where a sweep over its field stands
  };
  // Where a side begins to hold, or ends.
  struct Event {
    Value at;
    std::size_t candidate;
    bool begins;
  };
  using MemoKey = std::vector<std::uint32_t>;
  struct HashOfKey {
    std::size_t operator()(const MemoKey& key) const {
      std::size_t hash = key.size();
      for (const std::uint32_t word : key) hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
      return hash ^ hash >> 32;
    }
  };

  bool Holds(const Candidate& one) const { return one.first_side == cases_[one.index].sides.size(); }
  const Side& FirstSide(const Candidate& one) const { return cases_[one.index].sides[one.first_side]; }

  // Of the candidates from `begin` on, which it takes away.
  NodeId Among(std::size_t begin, NodeId otherwise) {
    for (std::size_t i = begin; i < candidates_.size(); ++i) {
      if (!Holds(candidates_[i])) continue;
      otherwise = candidates_[i].node;
      candidates_.resize(i);
    }
    while (candidates_.size() > begin && candidates_.back().node == otherwise) candidates_.pop_back();
    NodeId result = otherwise;
    if (diagram_.exceeded()) {
      result = ir::kNowhere;
    } else if (candidates_.size() > begin) {
      result = Remembered(begin, otherwise);
    }
    candidates_.resize(begin);
    return result;
  }

  NodeId Remembered(std::size_t begin, NodeId otherwise) {
    int level = diagram_.FieldOf(otherwise);
    for (std::size_t i = begin; i < candidates_.size(); ++i) {
      const Candidate& one = candidates_[i];
      level = std::min({level, static_cast<int>(FirstSide(one).field), diagram_.FieldOf(one.node)});
    }
    const auto field = static_cast<Field>(level);
    // What is below the peers is small, and seldom met again.
    if (field > Field::kPeer) return Sweep(field, begin, otherwise);
    MemoKey key{otherwise};
    key.reserve(1 + 3 * (candidates_.size() - begin));
    for (std::size_t i = begin; i < candidates_.size(); ++i)
      key.insert(key.end(), {candidates_[i].index, candidates_[i].first_side, candidates_[i].node});
    const auto known = memo_.find(key);
    if (known != memo_.end()) return known->second;
    const NodeId result = Sweep(field, begin, otherwise);
    memo_.emplace(std::move(key), result);
    return result;
  }

  // Over the first field that a side or a node tests.
  NodeId Sweep(Field field, std::size_t begin, NodeId otherwise) {
    const std::size_t end = candidates_.size();
    const Value maximum = MaximumOf(field, begin, otherwise);
    const std::size_t first_event = events_.size();
    AddEvents(field, maximum, begin);
    const std::size_t last_event = events_.size();
    // Candidates whose side holds, or tests a later field.
    const std::size_t first_open = open_.size();
    for (std::size_t i = begin; i < end; ++i) {
      if (FirstSide(candidates_[i]).field != field) open_.push_back(i);
    }
    const std::size_t first_edge = edges_.size();
    std::size_t otherwise_edge = 0;
    std::size_t event = first_event;
    for (Value low = 0;;) {
      for (; event != last_event && events_[event].at <= low; ++event) {
        const std::size_t candidate = events_[event].candidate;
        const auto place =
            std::lower_bound(open_.begin() + static_cast<std::ptrdiff_t>(first_open), open_.end(), candidate);
        if (events_[event].begins) {
          open_.insert(place, candidate);
        } else {
          open_.erase(place);
        }
      }
      Value high = event == last_event ? maximum : events_[event].at - 1;
      const auto child_of = [&](NodeId node, std::size_t& edge) {
        if (diagram_.FieldOf(node) != static_cast<int>(field)) return node;
        Advance(node, edge, low);
        high = std::min(high, diagram_.EdgeHigh(node, edge));
        return diagram_.EdgeChild(node, edge);
      };
      const NodeId child = Child(first_open, field, otherwise, otherwise_edge, child_of);
      edges_.push_back({high, child});
      if (high >= maximum) break;
      low = high + 1;
    }
    const NodeId result = diagram_.MakeNode(field, std::span(edges_).subspan(first_edge));
    edges_.resize(first_edge);
    open_.resize(first_open);
    events_.resize(first_event);
    return result;
  }

  // The function in one stretch of the field. `child_of` narrows the stretch to where a node is the same.
  template <typename ChildOf>
  NodeId Child(std::size_t first_open, Field field, NodeId otherwise, std::size_t& otherwise_edge,
               const ChildOf& child_of) {
    const std::size_t begin = candidates_.size();
    for (std::size_t i = first_open; i < open_.size(); ++i) {
      Candidate& here = candidates_[open_[i]];
      Candidate below{here.index, here.first_side, child_of(here.node, here.edge)};
      if (FirstSide(here).field == field) ++below.first_side;
      if (Holds(below)) return Among(begin, below.node);
      candidates_.push_back(below);
    }
    return Among(begin, child_of(otherwise, otherwise_edge));
  }

  // To the edge that holds the value, which is seldom far.
  void Advance(NodeId node, std::size_t& edge, Value value) const {
    if (diagram_.EdgeHigh(node, edge) >= value) return;
    if (diagram_.EdgeHigh(node, ++edge) < value) edge = diagram_.EdgeAt(node, value);
  }

  void AddEvents(Field field, Value maximum, std::size_t begin) {
    const auto first = static_cast<std::ptrdiff_t>(events_.size());
    for (std::size_t i = begin; i < candidates_.size(); ++i) {
      const Side& side = FirstSide(candidates_[i]);
      if (side.field != field) continue;
      for (const Interval& interval : side.values) {
        events_.push_back({interval.low, i, true});
        if (interval.high < maximum) events_.push_back({interval.high + 1, i, false});
      }
    }
    std::sort(events_.begin() + first, events_.end(),
              [](const Event& a, const Event& b) { return a.at < b.at; });
  }

  // Of an address it is the family's, which the functions know where they test it.
  Value MaximumOf(Field field, std::size_t begin, NodeId otherwise) const {
    const auto of_node = [&](NodeId node) { return diagram_.EdgeHigh(node, diagram_.EdgeCount(node) - 1); };
    const int level = static_cast<int>(field);
    if (diagram_.FieldOf(otherwise) == level) return of_node(otherwise);
    for (std::size_t i = begin; i < candidates_.size(); ++i) {
      if (diagram_.FieldOf(candidates_[i].node) == level) return of_node(candidates_[i].node);
    }
    return space_.MaximumOf(field, family_);
  }

  FlowSpace& space_;
  ir::Diagram& diagram_;
  Family family_;
  std::span<const Case> cases_;
  std::unordered_map<MemoKey, NodeId, HashOfKey> memo_;
  // Stacks: what an inner sweep needs stands behind what the outer ones do.
  std::vector<Candidate> candidates_;
  std::vector<Event> events_;
  std::vector<std::size_t> open_;  // places among the candidates
  std::vector<ir::Diagram::Edge> edges_;
};

}  // namespace

NodeId FirstMatch(FlowSpace& space, Family family, std::span<const Case> cases, NodeId otherwise) {
  return Matcher(space, family, cases).Run(otherwise);
}

}  // namespace appnet::verify::rules
