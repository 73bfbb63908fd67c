#include "verify/rules/compare_hooks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "verify/rules/contract.h"
#include "verify/rules/first_match.h"
#include "verify/rules/flow_text.h"
#include "verify/rules/run_hook.h"

namespace appnet::verify::rules {
namespace {

constexpr std::size_t kMostMismatches = 5;
// Far beyond what our texts need; what reads other people's texts must come to an end.
constexpr std::size_t kMostSituations = 100'000;
constexpr std::size_t kMostSteps = 10'000'000;
constexpr std::string_view kHookNames[] = {"prerouting", "input", "forward", "output", "postrouting"};

class HookComparison {
 public:
  HookComparison(std::string_view name, const Ruleset& ruleset, FlowSpace& space, PolicyFunctions& functions,
                 std::vector<Mismatch>& mismatches)
      : name_(name),
        ruleset_(ruleset),
        space_(space),
        functions_(functions),
        lookups_(ruleset, space),
        mismatches_(mismatches) {}

  void Run(Hook hook) {
    if (!ruleset_.entries[IndexOf(hook)]) {
      return Report(fmt::format("the {} rules are missing at the hook {}", name_, kHookNames[IndexOf(hook)]));
    }
    Situation situation(hook);
    std::size_t steps = kMostSteps;
    for (std::size_t count = 0; !Full(); ++count) {
      if (count == kMostSituations)
        return Report(fmt::format("the {} rules tell too many situations apart", name_));
      CompareIn(situation, steps);
      if (!situation.Next()) return;
    }
  }

 private:
  bool Full() const { return found_ >= kMostMismatches; }
  void Report(std::string text) {
    ++found_;
    mismatches_.push_back({std::move(text)});
  }
  void ReportRefusal(const Refusal& refusal) {
    // The same line is met in many situations.
    if (!refused_.insert(refusal.line).second) return;
    Report(fmt::format("line {} of the {} rules cannot be read back: {}", refusal.line, name_, refusal.why));
  }

  void CompareIn(Situation& situation, std::size_t& steps) {
    Passage theirs(situation);
    const Done done = RunHook(ruleset_, lookups_, theirs, steps);
    if (done.refusal) return ReportRefusal(*done.refusal);
    Passage ours(situation);
    const Due due = DueAt(ruleset_.backend, ruleset_.family.value_or(Family::kIpv4), ours);
    if (theirs.labels_set() != ours.labels_set())
      return Report(fmt::format("the {} rules set other connection labels than they must ({})", name_,
                                situation.Describe()));
    if (theirs.mark() != ours.mark())
      return Report(fmt::format("the {} rules change the packet mark in another way than they must ({})",
                                name_, situation.Describe()));
    if (done.saved.size() != (due.save ? 1 : 0)) {
      return Report(fmt::format("the {} rules save a label on the connection {} times instead of {} ({})",
                                name_, done.saved.size(), due.save ? 1 : 0, situation.Describe()));
    }
    if (!CompareLabel(done.label, due, situation, "label") || !due.save || done.saved[0] == done.label)
      return;
    CompareLabel(done.saved[0], due, situation, "connection's label");
  }

  Leaf FixedOf(const Due& due) const {
    switch (due.fixed) {
      case Fixed::kUnmatched:
        return functions_.unmatched(flow::Direction::kConnect);
      case Fixed::kUnmatchedForward:
        return functions_.unmatched(flow::Direction::kForward);
      case Fixed::kTransit:
        return functions_.transit();
    }
    return kNothing;
  }

  std::string OriginText(Origin origin, Leaf fixed) const {
    switch (origin) {
      case Origin::kArrived:
        return "the label that it came with";
      case Origin::kFixed:
        return "the label " + LabelText(space_, fixed);
      case Origin::kRestored:
        return "its connection's label";
    }
    return "";
  }

  bool CompareLabel(const LabelState& label, const Due& due, const Situation& situation,
                    std::string_view what) {
    const Leaf fixed = due.origin == Origin::kFixed ? FixedOf(due) : kNothing;
    if (due.readings.size() == 1 && label.origin == Origin::kFixed)
      return CompareOne(label, due.readings[0], fixed, situation, what);
    const bool pick_up = due.readings.size() > 1 && label.origin == Origin::kFixed;
    if (pick_up) return ComparePickUp(label, due, fixed, situation, what);
    if (label.origin == due.origin && label.fixed == fixed && label.lookups.empty()) return true;
    Report(fmt::format("the {} rules give a packet {}{}, the policy {}{} ({})", name_,
                       OriginText(label.origin, label.fixed),
                       label.lookups.empty() ? "" : " or what they look up", OriginText(due.origin, fixed),
                       due.readings.empty() ? "" : " or what is looked up", situation.Describe()));
    return false;
  }

  // All look-ups read the packet alike: together they are one function.
  bool CompareOne(const LabelState& label, const Reading& reading, Leaf fixed, const Situation& situation,
                  std::string_view what) {
    const auto key =
        std::tuple(label.lookups, reading, label.fixed, situation.KnownIn(), situation.KnownOut());
    if (equal_.contains(key)) return true;
    NodeId found = space_.MakeLeaf(label.fixed);
    for (const ChainId chain : label.lookups) {
      const std::optional<NodeId> function = lookups_.FunctionOf(chain, reading);
      if (!function) {
        ReportRefusal(lookups_.refusal());
        return false;
      }
      found = space_.Over(*function, found);
    }
    const NodeId due = space_.Over(functions_.Own(reading),
                                   space_.Over(functions_.Inherited(reading), space_.MakeLeaf(fixed)));
    if (!CompareFunctions(View(found, reading, situation), View(due, reading, situation), reading, situation,
                          what))
      return false;
    equal_.insert(key);
    return true;
  }

  // Look-ups that read the packet in two ways, each in its place. What finds the same label for every packet
  // of the situation overrides all that stands before it; what finds nothing does not count.
  struct LookUp {
    NodeId node;
    Reading reading;
  };
  struct PickUp {
    NodeId before;  // a leaf
    std::vector<LookUp> lookups;

    void Add(const ir::Diagram& diagram, const LookUp& one) {
      if (!diagram.IsLeaf(one.node)) {
        lookups.push_back(one);
      } else if (diagram.LeafOf(one.node) != kNothing) {
        before = one.node;
        lookups.clear();
      }
    }
  };

  bool ComparePickUp(const LabelState& label, const Due& due, Leaf fixed, const Situation& situation,
                     std::string_view what) {
    PickUp wanted{space_.MakeLeaf(fixed), {}};
    const auto want = [&](NodeId node, const Reading& reading) {
      wanted.Add(space_.diagram(), {View(node, reading, situation), reading});
    };
    for (const Reading& reading : due.readings) want(functions_.Inherited(reading), reading);
    for (const Reading& reading : due.readings) want(functions_.Own(reading), reading);

    PickUp found{space_.MakeLeaf(label.fixed), {}};
    for (const ChainId chain : label.lookups) {
      const auto due_reading = [&] {
        return found.lookups.size() < wanted.lookups.size() ? wanted.lookups[found.lookups.size()].reading
                                                            : due.readings[0];
      };
      const Reading first = due_reading();
      std::optional<NodeId> node = Seen(chain, first, situation);
      Reading reading = first;
      for (const Reading& other : due.readings) {
        if (node) break;
        node = Seen(chain, other, situation);
        reading = other;
      }
      if (!node) {
        ReportRefusal(lookups_.refusal());
        return false;
      }
      found.Add(space_.diagram(), {*node, reading});
    }
    if (!CompareFunctions(found.before, wanted.before, due.readings[0], situation, what)) return false;
    const NodeId nothing = space_.MakeLeaf(kNothing);
    for (std::size_t i = 0; i < std::max(found.lookups.size(), wanted.lookups.size()); ++i) {
      const LookUp* const is = i < found.lookups.size() ? &found.lookups[i] : nullptr;
      const LookUp* const must = i < wanted.lookups.size() ? &wanted.lookups[i] : nullptr;
      const Reading& reading = must != nullptr ? must->reading : is->reading;
      if (is != nullptr && must != nullptr && is->reading != must->reading) {
        Report(
            fmt::format("the {} rules pick up a connection by its ends in another order than they must ({})",
                        name_, situation.Describe()));
        return false;
      }
      if (!CompareFunctions(is != nullptr ? is->node : nothing, must != nullptr ? must->node : nothing,
                            reading, situation, what))
        return false;
    }
    return true;
  }

  std::optional<NodeId> Seen(ChainId chain, const Reading& reading, const Situation& situation) {
    const std::optional<NodeId> function = lookups_.FunctionOf(chain, reading);
    if (!function) return std::nullopt;
    return View(*function, reading, situation);
  }

  // The part of a function that packets of the situation can meet.
  NodeId View(NodeId node, const Reading& reading, const Situation& situation) {
    const auto key = std::tuple(node, reading, situation.KnownIn(), situation.KnownOut());
    if (const auto known = views_.find(key); known != views_.end()) return known->second;
    NodeId view = node;
    const auto narrow = [&](std::optional<Interface> known, Selector selector) {
      const std::optional<Field> field = FieldOf(selector, reading);
      if (!field || !known || *known == Interface::kNone) return;
      if (*known == Interface::kLoopback) {
        view = space_.diagram().Restrict(view, *field, flow::kLoopback);
      } else {
        // lo does not count: it may as well be like any other name
        const NodeId other = space_.diagram().Restrict(view, *field, space_.interfaces().size() - 1);
        const Case lo{{{*field, IntervalSet::Of(flow::kLoopback, flow::kLoopback)}}, other};
        view = FirstMatch(space_, Family::kIpv4, {&lo, 1}, view);
      }
    };
    narrow(situation.KnownIn(), Selector::kInName);
    narrow(situation.KnownOut(), Selector::kOutName);
    if (ruleset_.family) view = space_.OfFamily(view, *ruleset_.family);
    views_[key] = view;
    return view;
  }

  bool CompareFunctions(NodeId found, NodeId due, const Reading& reading, const Situation& situation,
                        std::string_view what) {
    if (found == due) return true;
    const FlowSpace::Difference difference = space_.FirstDifference(found, due);
    Report(fmt::format("the {} rules give {} the {} {}, the policy {} ({})", name_,
                       FlowText(space_, reading, difference, ruleset_.family), what,
                       LabelText(space_, difference.left), LabelText(space_, difference.right),
                       situation.Describe()));
    return false;
  }

  std::string_view name_;
  const Ruleset& ruleset_;
  FlowSpace& space_;
  PolicyFunctions& functions_;
  Lookups lookups_;
  std::vector<Mismatch>& mismatches_;
  std::size_t found_ = 0;
  std::set<unsigned> refused_;  // lines
  std::map<std::tuple<NodeId, Reading, std::optional<Interface>, std::optional<Interface>>, NodeId> views_;
  std::set<
      std::tuple<std::vector<ChainId>, Reading, Leaf, std::optional<Interface>, std::optional<Interface>>>
      equal_;
};

}  // namespace

void CompareHooks(std::string_view name, const Ruleset& ruleset, FlowSpace& space, PolicyFunctions& functions,
                  std::vector<Mismatch>& mismatches) {
  HookComparison comparison(name, ruleset, space, functions, mismatches);
  for (const Hook hook :
       {Hook::kPrerouting, Hook::kInput, Hook::kForward, Hook::kOutput, Hook::kPostrouting}) {
    comparison.Run(hook);
  }
}

}  // namespace appnet::verify::rules
