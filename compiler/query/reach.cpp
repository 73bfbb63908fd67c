#include "query/reach.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"

namespace appnet::query {
namespace {

using flow::Direction;
using flow::Interval;
using flow::IntervalSet;
using ir::Field;
using sepolicy::TypeId;

// Sorts by type; of a type that comes twice, what either grants. The first one's From stays.
void Merge(std::vector<Right>& rights, flow::Conditions& conditions) {
  std::ranges::stable_sort(rights, {}, &Right::type);
  std::vector<Right> merged;
  for (const Right& right : rights) {
    if (merged.empty() || merged.back().type != right.type) {
      merged.push_back(right);
      continue;
    }
    Right& known = merged.back();
    for (std::size_t i = 0; i < known.may.size(); ++i)
      known.may[i] = conditions.Or(known.may[i], right.may[i]);
    known.logged = conditions.Or(known.logged, right.logged);
  }
  rights = std::move(merged);
}

constexpr std::array kBoth = {flow::kAlways, flow::kAlways};

// The labels met on the way through one direction's three steps.
class Meeting {
 public:
  Meeting(const ir::Policy& policy, Direction direction)
      : policy_(policy), inherited_(policy.inherited[static_cast<std::size_t>(direction)]) {
    unmatched_ = direction == Direction::kForward ? policy.unmatched_forward : policy.unmatched;
  }

  void See(ir::Leaf leaf, const ir::Way& way) {
    if (leaf != ir::kMiss) return Meet(ir::LabelFor(leaf), way);
    // No rule matches. What is inherited depends on the service alone, so each service is looked up once.
    IntervalSet& done = missed_[way.family == flow::Family::kIpv4 ? 0 : 1];
    const Interval& service = way[Field::kService];
    const IntervalSet left = IntervalSet::Of(service.low, service.high).Subtract(done);
    for (const Interval& piece : left) Inherit(piece, way);
    done = done.Union(left);
  }

  std::vector<Carried> Take() {
    std::vector<Carried> all;
    for (auto& [label, way] : ways_) all.push_back({label, way});
    return all;
  }

 private:
  void Meet(ir::LabelId label, const ir::Way& way) { ways_.try_emplace(label, way); }

  void Inherit(const Interval& services, ir::Way way) {
    if (policy_.diagram.IsLeaf(inherited_)) return Leave(policy_.diagram.LeafOf(inherited_), way);
    way.tested[ir::IndexOf(Field::kService)] = true;
    flow::Value low = services.low;
    for (std::size_t i = 0; i < policy_.diagram.EdgeCount(inherited_) && low <= services.high; ++i) {
      const flow::Value high = policy_.diagram.EdgeHigh(inherited_, i);
      if (high < low) continue;
      way.sides[ir::IndexOf(Field::kService)] = {low, std::min(high, services.high)};
      Leave(policy_.diagram.LeafOf(policy_.diagram.EdgeChild(inherited_, i)), way);
      low = high + 1;
    }
  }

  void Leave(ir::Leaf leaf, const ir::Way& way) {
    Meet(leaf == ir::kMiss ? unmatched_ : ir::LabelFor(leaf), way);
  }

  const ir::Policy& policy_;
  ir::NodeId inherited_;
  ir::LabelId unmatched_;
  std::map<ir::LabelId, ir::Way> ways_;
  IntervalSet missed_[2];  // by family, the services that were seen to miss
};

}  // namespace

std::array<std::string_view, 2> PermissionsOf(Direction direction) {
  if (direction == Direction::kForward) return {"forward_in", "forward_out"};
  return {"send", "recv"};
}

Reach::Reach(const ir::Policy& policy, const sepolicy::Policy& base)
    : policy_(policy), base_(base), conditions_(policy.conditions) {
  for (sepolicy::BooleanId boolean = 0; boolean < base.boolean_count(); ++boolean)
    defaults_[base.BooleanName(boolean)] = base.BooleanDefault(boolean);
  for (const ir::Policy::DeclaredBoolean& boolean : policy.booleans) defaults_[boolean.name] = boolean.value;
}

std::vector<Carried> Reach::LabelsIn(Direction direction, const flow::Region& region) const {
  Meeting meeting(policy_, direction);
  ir::RegionWalk walk(policy_.diagram, region, ir::RegionWalk::kNoLimit,
                      [&](ir::Leaf leaf, const ir::Way& way) { meeting.See(leaf, way); });
  walk.Run(policy_.roots[static_cast<std::size_t>(direction)]);
  return meeting.Take();
}

base::Result<const std::vector<Right>*> Reach::RightsOn(ir::LabelId label, Direction direction) {
  const std::pair key{label, direction == Direction::kForward};
  auto known = known_.find(key);
  if (known == known_.end()) {
    base::Result<std::vector<Right>> rights = Compute(policy_.labels[label], direction);
    if (!rights) return rights.error();
    known = known_.emplace(key, std::move(rights).value()).first;
  }
  return &known->second;
}

base::Status Reach::AddOfBase(TypeId target, Direction direction, std::vector<Right>& rights) {
  const std::array<std::string_view, 2> permissions = PermissionsOf(direction);
  for (std::size_t i = 0; i < permissions.size(); ++i) {
    const auto holders = base_.HoldersWhen(target, "packet", permissions[i], conditions_);
    if (!holders) return holders.error();
    for (const sepolicy::Policy::ConditionalHolder& holder : holders.value()) {
      Right right{.type = holder.source, .from = Right::From::kBase};
      right.may[i] = holder.when;
      rights.push_back(right);
    }
  }
  return base::Done{};
}

base::Result<std::vector<Right>> Reach::Compute(const ir::Label& label, Direction direction) {
  const bool forward = direction == Direction::kForward;
  std::vector<Right> rights;
  // Also types that are no domains by name: the unlabeled type is the subject of what is forwarded.
  for (TypeId type = 0; type < base_.type_count(); ++type) {
    if (base_.IsPermissive(type)) rights.push_back({type, kBoth, flow::kNever, Right::From::kPermissive});
  }
  switch (label.kind) {
    case ir::LabelKind::kClass:
    case ir::LabelKind::kForwardClass:
      if (forward != (label.kind == ir::LabelKind::kForwardClass)) break;
      for (const ir::Grant& grant : label.grants) {
        rights.push_back(
            {base_.Find(grant.domain).id, {grant.allowed, grant.allowed}, grant.audited, Right::From::kRule});
      }
      break;
    case ir::LabelKind::kBase:
      if (const base::Status added = AddOfBase(base_.Find(label.type).id, direction, rights); !added)
        return added.error();
      break;
    case ir::LabelKind::kUnmatchedAudit:
    case ir::LabelKind::kForwardAudit:
      if (forward != (label.kind == ir::LabelKind::kForwardAudit)) break;
      for (const TypeId domain : base_.Domains())
        rights.push_back({domain, kBoth, flow::kAlways, Right::From::kUnmatched});
      if (forward) rights.push_back({*base_.UnlabeledType(), kBoth, flow::kAlways, Right::From::kUnmatched});
      break;
    case ir::LabelKind::kUnmatchedDeny:
    case ir::LabelKind::kForwardDeny:
    case ir::LabelKind::kTransit:
      break;
  }
  if (!forward) {
    const TypeId kernel = *base_.KernelType();
    rights.push_back({kernel, {flow::kAlways, flow::kNever}, flow::kNever, Right::From::kKernel});
  }
  Merge(rights, conditions_);
  return rights;
}

}  // namespace appnet::query
