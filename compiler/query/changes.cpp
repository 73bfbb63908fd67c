#include "query/changes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "flow/read_condition.h"
#include "query/blocks.h"
#include "query/change_reason.h"
#include "query/overlay.h"
#include "query/reach.h"
#include "query/region_text.h"
#include "query/setting_changes.h"

namespace appnet::query {
namespace {

using flow::ConditionId;
using flow::Direction;
using sepolicy::TypeId;

// What one domain may, its conditions those of both policies.
struct Rights {
  std::array<ConditionId, 2> may = {flow::kNever, flow::kNever};
  ConditionId logged = flow::kNever;
  bool None() const { return may[0] == flow::kNever && may[1] == flow::kNever; }
  friend bool operator==(const Rights&, const Rights&) = default;
  friend bool operator<(const Rights& a, const Rights& b) {
    return std::tie(a.may, a.logged) < std::tie(b.may, b.logged);
  }
};
using RightsByType = std::map<TypeId, Rights>;

// One side's labels as what they let whom do.
class Side {
 public:
  Side(const ir::Policy& policy, const sepolicy::Policy& base, flow::Conditions& common)
      : policy_(policy), kernel_(*base.KernelType()), reach_(policy, base), common_(common) {}

  base::Result<const RightsByType*> Of(ir::LabelId label, Direction direction) {
    const std::pair key{label, direction == Direction::kForward};
    auto known = known_.find(key);
    if (known != known_.end()) return &known->second;
    const base::Result<const std::vector<Right>*> rights = reach_.RightsOn(label, direction);
    if (!rights) return rights.error();
    RightsByType by_type;
    for (const Right& right : *rights.value()) {
      Rights one{{Common(right.may[0]), Common(right.may[1])}, Common(right.logged)};
      if (right.type == kernel_ && direction != Direction::kForward) one.may[0] = one.may[1];
      if (!one.None()) by_type.emplace(right.type, one);
    }
    known = known_.emplace(key, std::move(by_type)).first;
    return &known->second;
  }

  const ir::Label& LabelOf(ir::LabelId label) const { return policy_.labels[label]; }

 private:
  ConditionId Common(ConditionId id) {
    const auto [known, fresh] = common_ids_.try_emplace(id, flow::kNever);
    if (!fresh) return known->second;
    const std::optional<ConditionId> read = flow::ReadCondition(reach_.conditions().Text(id), common_);
    APPNET_CHECK(read.has_value(), "a condition whose text is none");
    return known->second = *read;
  }

  const ir::Policy& policy_;
  TypeId kernel_;
  Reach reach_;
  flow::Conditions& common_;
  std::map<ConditionId, ConditionId> common_ids_;
  std::map<std::pair<ir::LabelId, bool>, RightsByType> known_;
};

ChangeKind KindOf(const Rights& before, const Rights& after) {
  if (before.None()) return ChangeKind::kGains;
  if (after.None()) return ChangeKind::kLoses;
  return before.may != after.may ? ChangeKind::kCondition : ChangeKind::kLogging;
}

// What changes alike in the same flows.
using RightsPair = std::pair<Rights, Rights>;
using PairSet = std::vector<std::size_t>;  // indexes of label pairs, ascending

// What rules say comes before what follows from the mode.
auto KeyOf(const Change& change) {
  const bool by_mode =
      change.reason[0].how == Reason::How::kUnmatched && change.reason[1].how == Reason::How::kUnmatched;
  using Names = std::vector<std::string>;
  return std::tuple<bool, ChangeKind, Direction, const Names&, const Names&, const std::array<Holding, 2>&,
                    const std::array<std::string, 2>&>(by_mode, change.kind, change.direction, change.domains,
                                                       change.flows, change.holding, change.carried);
}

class Comparison {
 public:
  Comparison(const ComparedPolicy& before, const ComparedPolicy& after, const sepolicy::Policy& base)
      : policies_{before, after},
        base_(base),
        overlay_(before.policy, after.policy),
        sides_{Side(before.policy, base, conditions_), Side(after.policy, base, conditions_)} {}

  base::Result<Changes> Run() {
    changes_.interfaces = overlay_.interfaces();
    for (const Direction direction : flow::kDirections) {
      if (const base::Status done = CompareFlows(direction); !done) return done.error();
    }
    std::ranges::sort(changes_.flows, [](const Change& a, const Change& b) { return KeyOf(a) < KeyOf(b); });
    changes_.settings = FindSettingChanges(policies_[0].policy, policies_[1].policy);
    return std::move(changes_);
  }

 private:
  // The same type of the base policy needs no question.
  static bool SameBaseType(const ir::Label& a, const ir::Label& b) {
    return a.kind == ir::LabelKind::kBase && b.kind == ir::LabelKind::kBase && a.type == b.type;
  }

  // The types of the base policy that a `label` rule is behind, where they differ.
  bool IsRelabelled(const LabelPair& pair) const {
    const ir::Label& a = sides_[0].LabelOf(pair.before);
    const ir::Label& b = sides_[1].LabelOf(pair.after);
    if (a.kind != ir::LabelKind::kBase || b.kind != ir::LabelKind::kBase || a.type == b.type) return false;
    return !a.rules.empty() || !b.rules.empty();
  }

  base::Status CompareFlows(Direction direction) {
    std::optional<base::Error> error;
    const auto same = [&](const LabelPair& pair) {
      if (error || SameBaseType(sides_[0].LabelOf(pair.before), sides_[1].LabelOf(pair.after))) return true;
      const auto before = sides_[0].Of(pair.before, direction);
      const auto after = sides_[1].Of(pair.after, direction);
      if (!before || !after) {
        error = before ? after.error() : before.error();
        return true;
      }
      return *before.value() == *after.value() && !IsRelabelled(pair);
    };
    const Overlay::Differences differences = overlay_.Compare(direction, same);
    if (error) return *error;
    if (overlay_.diagram().exceeded()) return TooMany();

    std::map<std::pair<TypeId, RightsPair>, PairSet> by_domain;
    std::map<std::pair<std::string, std::string>, PairSet> by_types;
    for (std::size_t i = 0; i < differences.pairs.size(); ++i) {
      const LabelPair& pair = differences.pairs[i];
      ForEachRight(*sides_[0].Of(pair.before, direction).value(),
                   *sides_[1].Of(pair.after, direction).value(), [&](TypeId type, const RightsPair& rights) {
                     by_domain[{type, rights}].push_back(i);
                   });
      if (IsRelabelled(pair))
        by_types[{sides_[0].LabelOf(pair.before).type, sides_[1].LabelOf(pair.after).type}].push_back(i);
    }
    std::map<std::pair<PairSet, RightsPair>, std::vector<std::string>> domains;
    for (auto& [key, pairs] : by_domain) domains[{pairs, key.second}].push_back(base_.TypeName(key.first));
    for (auto& [key, names] : domains) {
      Change change;
      change.kind = KindOf(key.second.first, key.second.second);
      change.holding = {HoldingOf(key.second.first), HoldingOf(key.second.second)};
      change.domains = std::move(names);
      std::ranges::sort(change.domains);
      Add(direction, differences, key.first, std::move(change));
    }
    for (const auto& [types, pairs] : by_types) {
      Change change;
      change.kind = ChangeKind::kLabel;
      change.carried = {types.first, types.second};
      Add(direction, differences, pairs, std::move(change));
    }
    return overlay_.diagram().exceeded() ? TooMany() : base::Done{};
  }

  static base::Status TooMany() {
    return base::Error{"the two policies cut the flows into more pieces than can be compared"};
  }

  // Of each type whose rights differ.
  template <class Visit>
  static void ForEachRight(const RightsByType& before, const RightsByType& after, const Visit& visit) {
    for (const auto& [type, rights] : before) {
      const auto other = after.find(type);
      const Rights now = other == after.end() ? Rights() : other->second;
      if (now != rights) visit(type, RightsPair(rights, now));
    }
    for (const auto& [type, rights] : after) {
      if (!before.contains(type)) visit(type, RightsPair(Rights(), rights));
    }
  }

  Holding HoldingOf(const Rights& rights) const {
    return {{conditions_.Text(rights.may[0]), conditions_.Text(rights.may[1])},
            conditions_.Text(rights.logged)};
  }

  void Add(Direction direction, const Overlay::Differences& differences, const PairSet& pairs,
           Change change) {
    change.direction = direction;
    FindRegions(direction, differences.root, pairs, change);
    for (const flow::Region& region : change.regions)
      change.flows.push_back(RegionText(direction, region, changes_.interfaces));
    for (std::size_t side = 0; side < 2; ++side) {
      std::vector<ir::LabelId> labels;
      for (const std::size_t i : pairs)
        labels.push_back(side == 0 ? differences.pairs[i].before : differences.pairs[i].after);
      change.reason[side] = ReasonOf(policies_[side], labels, change, base_,
                                     [&](flow::InterfaceClassId id) { return overlay_.ClassIn(side, id); });
    }
    changes_.flows.push_back(std::move(change));
  }

  void FindRegions(Direction direction, ir::NodeId root, const PairSet& pairs, Change& change) {
    ir::Diagram& diagram = overlay_.diagram();
    const ir::NodeId there = diagram.Map(root, [&](ir::Leaf leaf) -> ir::Leaf {
      return leaf != 0 && std::ranges::binary_search(pairs, std::size_t{leaf} - 1) ? 1 : 0;
    });
    std::vector<Block> blocks;
    change.all_regions = ir::ForEachBox(diagram, there, overlay_.SpaceOf(direction), [&](const ir::Box& box) {
      if (box.leaf == 1) blocks.push_back(BlockOf(box));
      return blocks.size() < kMostPieces;
    });
    Merge(blocks);
    change.regions = JoinFamilies(blocks, direction == Direction::kForward);
  }

  std::array<ComparedPolicy, 2> policies_;
  const sepolicy::Policy& base_;
  Overlay overlay_;
  flow::Conditions conditions_;
  std::array<Side, 2> sides_;
  Changes changes_;
};

}  // namespace

base::Result<Changes> FindChanges(const ComparedPolicy& before, const ComparedPolicy& after,
                                  const sepolicy::Policy& base) {
  return Comparison(before, after, base).Run();
}

}  // namespace appnet::query
