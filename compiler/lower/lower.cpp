#include "lower/lower.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "ir/build_union.h"
#include "ir/leaf_sets.h"
#include "lower/classes.h"
#include "lower/explosion.h"
#include "lower/inherit.h"
#include "lower/labels.h"
#include "lower/lookup_size.h"
#include "lower/module_facts.h"
#include "lower/names.h"
#include "lower/origins.h"

namespace appnet::lower {
namespace {

using flow::Direction;
using ir::Field;
using ir::Leaf;
using ir::NodeId;

class Lowering {
 public:
  Lowering(const sema::Program& program, const sepolicy::Policy& base, const source::SourceMap& sources,
           const Options& options, diag::Emitter& emitter)
      : program_(program),
        base_(base),
        sources_(sources),
        options_(options),
        emitter_(emitter),
        policy_(),
        labels_(base, policy_.conditions) {
    policy_.diagram = ir::Diagram(options.budget);
    policy_.name = program.name;
    policy_.interfaces = program.interfaces;
    policy_.conditions = program.conditions;
  }

  std::optional<ir::Policy> Run() {
    const std::size_t errors = emitter_.error_count();
    AddRuleOrigins();
    AddUnmatched();
    for (const Direction direction : flow::kDirections) {
      const std::size_t d = static_cast<std::size_t>(direction);
      const NodeId classes = Classes(direction);
      policy_.roots[d] = AddLabelRules(direction, classes);
      policy_.inherited[d] = Inherited(direction);
      if (policy_.diagram.exceeded()) return Explosion();
    }
    Settle();
    if (policy_.diagram.exceeded()) return Explosion();
    if (!FitsPolicy() || !FitsLookups()) return std::nullopt;
    CheckCollisions(base_, policy_, emitter_);
    AddModuleFacts(program_, base_, options_.loaders, policy_, emitter_);
    FindOrigins(program_, base_, policy_);
    if (emitter_.error_count() != errors) return std::nullopt;
    return std::move(policy_);
  }

 private:
  std::nullopt_t Explosion() {
    ReportExplosion("the rules cut the flow space into more classes than the budget allows", program_,
                    sources_, emitter_);
    return std::nullopt;
  }

  // Types and attributes are numbered together, in 16 bits.
  bool FitsPolicy() {
    constexpr std::size_t kMost = 0xffff;
    constexpr std::size_t kOwnAttributes = 3;
    const std::size_t taken = base_.type_count() + base_.attribute_count() + kOwnAttributes;
    if (taken + policy_.labels.size() <= kMost) return true;
    ReportExplosion(fmt::format("the rules need {} packet types, and the policy `{}` has room for {}",
                                policy_.labels.size(), base_.name(), kMost - std::min(taken, kMost)),
                    program_, sources_, emitter_);
    return false;
  }

  bool FitsLookups() {
    if (LookupSize(policy_, options_.lookup_entries) <= options_.lookup_entries) return true;
    ReportExplosion(
        fmt::format("the rules cut the flow space into more than {} pieces for packet filters to look up",
                    options_.lookup_entries),
        program_, sources_, emitter_);
    return false;
  }

  const std::string& FileName(source::FileId file) const {
    const auto found = options_.file_names.find(file);
    return found != options_.file_names.end() ? found->second : sources_.Name(file);
  }

  void AddRuleOrigins() {
    for (const sema::Rule& rule : program_.rules) {
      ir::RuleOrigin origin;
      origin.file = FileName(rule.origin.span.file);
      origin.line = sources_.PositionOf(rule.origin.span.file, rule.origin.span.begin).line;
      origin.text = rule.text;
      for (const source::Span& use : rule.origin.used_at) {
        origin.used_at.push_back(
            fmt::format("{}:{}", FileName(use.file), sources_.PositionOf(use.file, use.begin).line));
      }
      origin.owner = rule.origin.annotations.owner;
      origin.ticket = rule.origin.annotations.ticket;
      origin.expires = rule.origin.annotations.expires;
      policy_.rules.push_back(std::move(origin));
    }
  }

  void AddUnmatched() {
    const ir::LabelId unlabeled = labels_.Base(*base_.UnlabeledType());
    switch (program_.unmatched) {
      case sema::UnmatchedMode::kBase:
      case sema::UnmatchedMode::kInherit:
        policy_.unmatched = unlabeled;
        break;
      case sema::UnmatchedMode::kAudit:
        policy_.unmatched = labels_.Special(ir::LabelKind::kUnmatchedAudit, kUnmatchedType);
        break;
      case sema::UnmatchedMode::kDeny:
        policy_.unmatched = labels_.Special(ir::LabelKind::kUnmatchedDeny, kUnmatchedType);
        break;
    }
    switch (program_.unmatched_forward) {
      case sema::UnmatchedMode::kBase:
      case sema::UnmatchedMode::kInherit:
        policy_.unmatched_forward = unlabeled;
        break;
      case sema::UnmatchedMode::kAudit:
        policy_.unmatched_forward = labels_.Special(ir::LabelKind::kForwardAudit, kForwardUnmatchedType);
        break;
      case sema::UnmatchedMode::kDeny:
        policy_.unmatched_forward = labels_.Special(ir::LabelKind::kForwardDeny, kForwardUnmatchedType);
        break;
    }
    // Where no rule names routed traffic, all of it is unmatched and its label can be set at once.
    bool forwards = false;
    for (const sema::Rule& rule : program_.rules)
      forwards = forwards || rule.direction == Direction::kForward;
    policy_.transit =
        forwards ? labels_.Special(ir::LabelKind::kTransit, kTransitType) : policy_.unmatched_forward;
  }

  ir::Space SpaceOf(Direction direction) const { return {direction, program_.interfaces.size()}; }

  // Leaves: kMiss or a label of LabelTable, +1.
  NodeId Classes(Direction direction) {
    GrantTable grants;
    ir::LeafSets sets(policy_.diagram);
    std::vector<ir::UnionBox> boxes;
    for (const sema::Rule& rule : program_.rules) {
      if (rule.direction != direction || rule.label) continue;
      boxes.push_back({&rule.region, grants.Intern({rule.subjects, rule.condition, rule.audited})});
    }
    const NodeId root = ir::BuildUnion(policy_.diagram, sets, SpaceOf(direction), boxes);
    if (policy_.diagram.exceeded()) return root;
    return policy_.diagram.Map(root, [&](Leaf set) {
      if (set == ir::kEmptySet) return ir::kMiss;
      const Combined combined = Combine(sets.Elements(set), grants, program_, base_, policy_.conditions);
      if (combined.too_many) {
        ReportTooManyBooleans(grants[*combined.too_many]);
        return ir::kMiss;
      }
      return ir::LeafFor(labels_.Class(combined.grants, direction == Direction::kForward));
    });
  }

  void ReportTooManyBooleans(const RuleGrant& grant) {
    const auto gives = [&](const sema::Rule& rule) {
      return !rule.label && rule.subjects == grant.subjects && rule.condition == grant.condition &&
             rule.audited == grant.audited;
    };
    const auto rule = std::ranges::find_if(program_.rules, gives);
    emitter_
        .Report(diag::Kind::kTooManyBooleans, rule->origin.span,
                fmt::format("the rules for some flow of this one depend on more than {} booleans together",
                            flow::kMostBooleans))
        .Note("one packet type and one condition stand for all rules of a domain that match a flow")
        .Help(
            "let fewer booleans stand for what they decide together, or take common flows out with `except`");
  }

  // Label rules under the classes. The elements are rule indexes, so that a conflict can show both rules.
  NodeId AddLabelRules(Direction direction, NodeId classes) {
    ir::LeafSets sets(policy_.diagram);
    std::vector<ir::UnionBox> boxes;
    for (std::uint32_t i = 0; i < program_.rules.size(); ++i) {
      const sema::Rule& rule = program_.rules[i];
      if (rule.direction == direction && rule.label) boxes.push_back({&rule.region, i});
    }
    if (boxes.empty() || policy_.diagram.exceeded()) return classes;
    const NodeId rules = ir::BuildUnion(policy_.diagram, sets, SpaceOf(direction), boxes);
    if (policy_.diagram.exceeded()) return classes;
    const ir::Operation under{.id = policy_.diagram.FreshOperation()};
    return policy_.diagram.Apply(under, classes, rules, [&](Leaf governed, Leaf set) {
      if (governed != ir::kMiss || set == ir::kEmptySet) return governed;
      return ir::LeafFor(BaseLabel(sets.Elements(set)));
    });
  }

  ir::LabelId BaseLabel(std::span<const ir::SetElement> rules) {
    const sema::Rule& first = program_.rules[rules.front()];
    for (const ir::SetElement index : rules) {
      const sema::Rule& other = program_.rules[index];
      if (other.label == first.label || !conflicts_.emplace(rules.front(), index).second) continue;
      emitter_
          .Report(diag::Kind::kLabelConflict, other.origin.span,
                  fmt::format("some flows would be labelled both `{}` and `{}`", base_.TypeName(*first.label),
                              base_.TypeName(*other.label)))
          .Beside(fmt::format("labelled `{}` here", base_.TypeName(*other.label)))
          .Label(first.origin.span, fmt::format("labelled `{}` here", base_.TypeName(*first.label)))
          .Help("take the common flows out of one of the rules with `except`");
    }
    return labels_.Base(*first.label);
  }

  NodeId Inherited(Direction direction) {
    NodeId node = policy_.diagram.MakeLeaf(ir::kMiss);
    if (program_.unmatched != sema::UnmatchedMode::kInherit || direction == Direction::kForward) return node;
    for (const InheritedType& inherited : InheritedTypes(base_, direction)) {
      const NodeId leaf = policy_.diagram.MakeLeaf(ir::LeafFor(labels_.Base(inherited.type)));
      const NodeId one = policy_.diagram.FromIntervals(Field::kService, flow::kMaxService, inherited.services,
                                                       leaf, policy_.diagram.MakeLeaf(ir::kMiss));
      const ir::Operation merge{.id = policy_.diagram.FreshOperation(),
                                .identity = ir::kMiss,
                                .idempotent = true,
                                .commutative = false};
      node = policy_.diagram.Apply(merge, node, one, [](Leaf a, Leaf b) { return a != ir::kMiss ? a : b; });
    }
    return node;
  }

  // Labels get their final order, and so do the leaves.
  void Settle() {
    const std::vector<ir::LabelId> moved = labels_.Sort();
    auto settle = [&](NodeId node) {
      return policy_.diagram.Map(
          node, [&](Leaf leaf) { return leaf == ir::kMiss ? leaf : ir::LeafFor(moved[ir::LabelFor(leaf)]); });
    };
    for (NodeId& root : policy_.roots) root = settle(root);
    for (NodeId& root : policy_.inherited) root = settle(root);
    policy_.unmatched = moved[policy_.unmatched];
    policy_.unmatched_forward = moved[policy_.unmatched_forward];
    policy_.transit = moved[policy_.transit];
    policy_.labels = labels_.Take();
  }

  const sema::Program& program_;
  const sepolicy::Policy& base_;
  const source::SourceMap& sources_;
  const Options& options_;
  diag::Emitter& emitter_;
  ir::Policy policy_;
  LabelTable labels_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> conflicts_;  // reported
};

}  // namespace

std::optional<ir::Policy> Lower(const sema::Program& program, const sepolicy::Policy& base,
                                const source::SourceMap& sources, const Options& options,
                                diag::Emitter& emitter) {
  return Lowering(program, base, sources, options, emitter).Run();
}

}  // namespace appnet::lower
