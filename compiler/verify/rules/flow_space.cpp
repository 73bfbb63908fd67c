#include "verify/rules/flow_space.h"

#include <algorithm>
#include <set>

namespace appnet::verify::rules {
namespace {

// What is read back is as large as what was built, several times over: each reading has its own functions.
constexpr ir::Budget kBudget{.edges = 96'000'000, .steps = 4'000'000'000, .set_elements = 50'000'000};

constexpr std::uint64_t PairOf(NodeId a, NodeId b) { return std::uint64_t{a} << 32 | b; }

}  // namespace

FlowSpace::FlowSpace(flow::InterfaceClasses interfaces)
    : interfaces_(std::move(interfaces)),
      diagram_(kBudget),
      over_{diagram_.FreshOperation(), kNothing, true, false},
      guard_{diagram_.FreshOperation(), kYes, false, false},
      fill_{diagram_.FreshOperation(), kNo, false, false} {}

Value FlowSpace::MaximumOf(Field field, Family family) const {
  return ir::Space{flow::Direction::kForward, interfaces_.size()}.Maximum(field, family);
}

Leaf FlowSpace::LeafOf(std::string_view context) {
  const auto [place, is_new] =
      leaves_.try_emplace(std::string(context), static_cast<Leaf>(contexts_.size() + 1));
  if (is_new) contexts_.emplace_back(context);
  return place->second;
}

NodeId FlowSpace::Over(NodeId over, NodeId under) {
  return diagram_.Apply(over_, over, under, [](Leaf a, Leaf b) { return a == kNothing ? b : a; });
}

NodeId FlowSpace::If(NodeId condition, NodeId yes, NodeId no) {
  const NodeId guarded =
      diagram_.Apply(guard_, condition, yes, [](Leaf a, Leaf b) { return a == kYes ? b : a; });
  return diagram_.Apply(fill_, guarded, no, [](Leaf a, Leaf b) { return a == kNo ? b : a; });
}

std::pair<NodeId, Value> FlowSpace::From(NodeId node, Field field, Value value, Value maximum) const {
  if (diagram_.FieldOf(node) != static_cast<int>(field)) return {node, maximum};
  std::size_t low = 0;
  std::size_t high = diagram_.EdgeCount(node) - 1;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (diagram_.EdgeHigh(node, middle) < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return {diagram_.EdgeChild(node, low), diagram_.EdgeHigh(node, low)};
}

NodeId FlowSpace::Within(std::span<const Side> sides, Family family, NodeId inside, NodeId outside) {
  std::vector<Memo> memo(sides.size() + 1);
  return WithinStep(sides, family, inside, outside, memo);
}

NodeId FlowSpace::WithinStep(std::span<const Side> sides, Family family, NodeId inside, NodeId outside,
                             std::vector<Memo>& memo) {
  if (sides.empty() || inside == outside) return inside;
  if (diagram_.exceeded()) return ir::kNowhere;
  const auto known = memo[sides.size()].find(PairOf(inside, outside));
  if (known != memo[sides.size()].end()) return known->second;
  const int side_field = static_cast<int>(sides[0].field);
  const int level = std::min({side_field, diagram_.FieldOf(inside), diagram_.FieldOf(outside)});
  const auto field = static_cast<Field>(level);
  // The greatest value: of an address it is the family's, which the functions know where they test it.
  Value maximum = MaximumOf(field, family);
  for (const NodeId node : {inside, outside}) {
    if (diagram_.FieldOf(node) == level) maximum = diagram_.EdgeHigh(node, diagram_.EdgeCount(node) - 1);
  }
  std::vector<ir::Diagram::Edge> edges;
  const auto& intervals = sides[0].values.intervals();
  std::size_t next = 0;  // the interval at or after `low`
  for (Value low = 0;;) {
    const auto [in, in_high] = From(inside, field, low, maximum);
    const auto [out, out_high] = From(outside, field, low, maximum);
    Value high = std::min(in_high, out_high);
    NodeId child = out;
    if (level == side_field) {
      while (next < intervals.size() && intervals[next].high < low) ++next;
      if (next < intervals.size() && intervals[next].low <= low) {
        high = std::min(high, intervals[next].high);
        child = WithinStep(sides.subspan(1), family, in, out, memo);
      } else if (next < intervals.size()) {
        high = std::min(high, intervals[next].low - 1);
      }
    } else {
      child = WithinStep(sides, family, in, out, memo);
    }
    edges.push_back({high, child});
    if (high >= maximum) break;
    low = high + 1;
  }
  const NodeId result = diagram_.MakeNode(field, edges);
  memo[sides.size()].emplace(PairOf(inside, outside), result);
  return result;
}

NodeId FlowSpace::FirstOf(Field field, Family family, std::span<const Choice> choices, NodeId otherwise) {
  const Value maximum = MaximumOf(field, family);
  bool here = diagram_.FieldOf(otherwise) >= static_cast<int>(field);
  for (const Choice& choice : choices)
    here = here && diagram_.FieldOf(choice.node) >= static_cast<int>(field);
  if (!here) {  // something tests an earlier field
    for (auto choice = choices.rbegin(); choice != choices.rend(); ++choice) {
      const Side side{field, choice->values};
      otherwise = Within({&side, 1}, family, choice->node, otherwise);
    }
    return otherwise;
  }
  struct Event {
    Value at;
    std::size_t choice;
    bool begins;
  };
  std::vector<Event> events;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    for (const Interval& interval : choices[i].values) {
      events.push_back({interval.low, i, true});
      if (interval.high < maximum) events.push_back({interval.high + 1, i, false});
    }
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at < b.at; });
  std::set<std::size_t> open;
  std::vector<ir::Diagram::Edge> edges;
  std::size_t event = 0;
  for (Value low = 0;;) {
    for (; event < events.size() && events[event].at <= low; ++event) {
      if (events[event].begins) {
        open.insert(events[event].choice);
      } else {
        open.erase(events[event].choice);
      }
    }
    const auto [node, reach] =
        From(open.empty() ? otherwise : choices[*open.begin()].node, field, low, maximum);
    Value high = std::min(reach, maximum);
    if (event < events.size()) high = std::min(high, events[event].at - 1);
    edges.push_back({high, node});
    if (high >= maximum) break;
    low = high + 1;
  }
  return diagram_.MakeNode(field, edges);
}

NodeId FlowSpace::OfFamily(NodeId node, Family family) {
  return diagram_.Restrict(node, Field::kFamily, ir::FamilyValue(family));
}

NodeId FlowSpace::ByFamily(NodeId v4, NodeId v6) {
  const std::array<ir::Diagram::Edge, 2> edges{{{0, v4}, {1, v6}}};
  return diagram_.MakeNode(Field::kFamily, edges);
}

FlowSpace::Difference FlowSpace::FirstDifference(NodeId left, NodeId right) const {
  Difference difference;
  while (left != right) {
    const int level = std::min(diagram_.FieldOf(left), diagram_.FieldOf(right));
    if (level == ir::kFieldCount) break;
    const auto field = static_cast<Field>(level);
    difference.tested[ir::IndexOf(field)] = true;
    const NodeId tested = diagram_.FieldOf(left) == level ? left : right;
    const Value maximum = diagram_.EdgeHigh(tested, diagram_.EdgeCount(tested) - 1);
    NodeId a = left;
    NodeId b = right;
    for (Value low = 0;;) {
      Value high_a = 0;
      Value high_b = 0;
      std::tie(a, high_a) = From(left, field, low, maximum);
      std::tie(b, high_b) = From(right, field, low, maximum);
      difference.point[ir::IndexOf(field)] = low;
      const Value high = std::min(high_a, high_b);
      if (a != b || high >= maximum) break;
      low = high + 1;
    }
    left = a;
    right = b;
  }
  if (diagram_.IsLeaf(left)) difference.left = diagram_.LeafOf(left);
  if (diagram_.IsLeaf(right)) difference.right = diagram_.LeafOf(right);
  return difference;
}

}  // namespace appnet::verify::rules
