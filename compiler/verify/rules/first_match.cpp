#include "verify/rules/first_match.h"

#include <algorithm>

namespace appnet::verify::rules {
namespace {

class Matcher {
 public:
  Matcher(FlowSpace& space, Family family, std::span<const Case> cases)
      : space_(space), diagram_(space.diagram()), family_(family), cases_(cases) {}

  NodeId Run(NodeId otherwise) {
    std::vector<Candidate> candidates;
    candidates.reserve(cases_.size());
    for (std::uint32_t i = 0; i < cases_.size(); ++i) candidates.push_back({i, 0, cases_[i].node});
    return Among(std::move(candidates), otherwise);
  }

 private:
  // A case that the fields tested so far do not rule out.
  struct Candidate {
    std::uint32_t index;
    std::uint32_t first_side;  // those before it hold
    NodeId node;               // what the case gives, with the fields tested so far
  };
  // Where a side begins to hold, or ends.
  struct Event {
    Value at;
    std::uint32_t candidate;
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

  NodeId Among(std::vector<Candidate> candidates, NodeId otherwise) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (!Holds(candidates[i])) continue;
      otherwise = candidates[i].node;
      candidates.resize(i);
    }
    while (!candidates.empty() && candidates.back().node == otherwise) candidates.pop_back();
    if (candidates.empty()) return otherwise;
    if (diagram_.exceeded()) return ir::kNowhere;
    MemoKey key{otherwise};
    key.reserve(1 + 3 * candidates.size());
    for (const Candidate& one : candidates) key.insert(key.end(), {one.index, one.first_side, one.node});
    const auto known = memo_.find(key);
    if (known != memo_.end()) return known->second;
    const NodeId result = Sweep(candidates, otherwise);
    memo_.emplace(std::move(key), result);
    return result;
  }

  // Over the first field that a side or a node tests.
  NodeId Sweep(const std::vector<Candidate>& candidates, NodeId otherwise) {
    int level = diagram_.FieldOf(otherwise);
    for (const Candidate& one : candidates)
      level = std::min({level, static_cast<int>(FirstSide(one).field), diagram_.FieldOf(one.node)});
    const auto field = static_cast<Field>(level);
    const Value maximum = MaximumOf(field, candidates, otherwise);
    const std::vector<Event> events = EventsOf(field, maximum, candidates);

    std::vector<std::uint32_t> open;  // candidates whose side holds, or tests a later field
    for (std::uint32_t i = 0; i < candidates.size(); ++i) {
      if (FirstSide(candidates[i]).field != field) open.push_back(i);
    }
    const std::size_t begin = edges_.size();
    auto event = events.begin();
    for (Value low = 0;;) {
      for (; event != events.end() && event->at <= low; ++event) {
        const auto place = std::lower_bound(open.begin(), open.end(), event->candidate);
        if (event->begins) {
          open.insert(place, event->candidate);
        } else {
          open.erase(place);
        }
      }
      Value high = event == events.end() ? maximum : event->at - 1;
      const auto child_of = [&](NodeId node) {
        const auto [child, reach] = space_.From(node, field, low, maximum);
        high = std::min(high, reach);
        return child;
      };
      const NodeId child = Child(candidates, open, field, otherwise, child_of);
      edges_.push_back({high, child});
      if (high >= maximum) break;
      low = high + 1;
    }
    const NodeId result = diagram_.MakeNode(field, std::span(edges_).subspan(begin));
    edges_.resize(begin);
    return result;
  }

  // The function in one stretch of the field. `child_of` narrows the stretch to where a node is the same.
  template <typename ChildOf>
  NodeId Child(const std::vector<Candidate>& candidates, const std::vector<std::uint32_t>& open, Field field,
               NodeId otherwise, const ChildOf& child_of) {
    std::vector<Candidate> left;
    for (const std::uint32_t i : open) {
      Candidate one = candidates[i];
      if (FirstSide(one).field == field) ++one.first_side;
      one.node = child_of(one.node);
      if (Holds(one)) return Among(std::move(left), one.node);
      left.push_back(one);
    }
    return Among(std::move(left), child_of(otherwise));
  }

  std::vector<Event> EventsOf(Field field, Value maximum, const std::vector<Candidate>& candidates) const {
    std::vector<Event> events;
    for (std::uint32_t i = 0; i < candidates.size(); ++i) {
      const Side& side = FirstSide(candidates[i]);
      if (side.field != field) continue;
      for (const Interval& interval : side.values) {
        events.push_back({interval.low, i, true});
        if (interval.high < maximum) events.push_back({interval.high + 1, i, false});
      }
    }
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
    return events;
  }

  // Of an address it is the family's, which the functions know where they test it.
  Value MaximumOf(Field field, const std::vector<Candidate>& candidates, NodeId otherwise) const {
    const auto of_node = [&](NodeId node) { return diagram_.EdgeHigh(node, diagram_.EdgeCount(node) - 1); };
    const int level = static_cast<int>(field);
    if (diagram_.FieldOf(otherwise) == level) return of_node(otherwise);
    for (const Candidate& one : candidates) {
      if (diagram_.FieldOf(one.node) == level) return of_node(one.node);
    }
    return space_.MaximumOf(field, family_);
  }

  FlowSpace& space_;
  ir::Diagram& diagram_;
  Family family_;
  std::span<const Case> cases_;
  std::unordered_map<MemoKey, NodeId, HashOfKey> memo_;
  std::vector<ir::Diagram::Edge> edges_;  // of nodes in the making; those of the inner ones stand last
};

}  // namespace

NodeId FirstMatch(FlowSpace& space, Family family, std::span<const Case> cases, NodeId otherwise) {
  return Matcher(space, family, cases).Run(otherwise);
}

}  // namespace appnet::verify::rules
