#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "analysis/hull_index.h"
#include "analysis/lints.h"

namespace appnet::analysis {
namespace {

using flow::Family;
using flow::IntervalSet;
using RuleIndex = std::uint32_t;

// Rules whose sides have the same ends and other holes can't be told apart by the index. Nobody writes so
// many; past this number of comparisons no further rule is looked at.
constexpr std::size_t kMostComparisons = 20'000'000;

// A rule says nothing of a family unless each part has a member of it.
bool Has(const sema::Rule& rule, Family family) {
  const flow::Region& region = rule.region;
  return !region.services.of(family).empty() && !region.peer.of(family).empty() &&
         !region.self.of(family).empty();
}

base::Interval HullOf(const IntervalSet& set) {
  return set.empty() ? base::Interval{} : base::Interval{set.begin()->low, set.intervals().back().high};
}

Hull HullOf(const sema::Rule& rule, Family family, RuleIndex owner) {
  const flow::Region& region = rule.region;
  return {{HullOf(region.services.of(family)), HullOf(region.peer.of(family)), HullOf(region.self.of(family)),
           HullOf(region.interfaces), HullOf(region.out)},
          owner};
}

bool Contains(const flow::Region& outer, const flow::Region& inner, Family family) {
  return outer.services.of(family).Contains(inner.services.of(family)) &&
         outer.peer.of(family).Contains(inner.peer.of(family)) &&
         outer.self.of(family).Contains(inner.self.of(family));
}

class Covers {
 public:
  explicit Covers(const sema::Program& program) : program_(program), conditions_(program.conditions) {
    std::map<Part, std::vector<Hull>> hulls;
    for (RuleIndex i = 0; i < program_.rules.size(); ++i) {
      for (const Family family : flow::kFamilies) {
        const sema::Rule& rule = program_.rules[i];
        if (Has(rule, family)) hulls[PartOf(rule, family)].push_back(HullOf(rule, family, i));
      }
    }
    for (auto& [part, boxes] : hulls) indexes_.emplace(part, HullIndex(std::move(boxes)));
  }

  // A rule that grants all that `rule` does, from another place of the text. Of two that grant the same the
  // later one is covered.
  std::optional<RuleIndex> CoverOf(RuleIndex rule) {
    const sema::Rule& inner = program_.rules[rule];
    const Family family = Has(inner, Family::kIpv4) ? Family::kIpv4 : Family::kIpv6;
    std::optional<RuleIndex> cover;
    indexes_.at(PartOf(inner, family)).AnyContaining(HullOf(inner, family, rule), [&](RuleIndex other) {
      if (other == rule || program_.rules[other].origin.span == inner.origin.span) return false;
      if (exhausted()) return true;
      ++comparisons_;
      if (!Covering(program_.rules[other], inner)) return false;
      if (other > rule && Covering(inner, program_.rules[other])) return false;
      cover = other;
      return true;
    });
    return cover;
  }

  bool exhausted() const { return comparisons_ >= kMostComparisons; }

 private:
  // Only rules of one part are compared.
  using Part = std::tuple<flow::Direction, Family, std::optional<sepolicy::TypeId>>;
  static Part PartOf(const sema::Rule& rule, Family family) { return {rule.direction, family, rule.label}; }

  bool Covering(const sema::Rule& outer, const sema::Rule& inner) {
    if (inner.audited && !outer.audited) return false;
    if (!inner.label && !Includes(outer.subjects, inner.subjects)) return false;
    if (!Implies(inner.condition, outer.condition)) return false;
    if (!outer.region.interfaces.Contains(inner.region.interfaces) ||
        !outer.region.out.Contains(inner.region.out))
      return false;
    return std::ranges::all_of(flow::kFamilies, [&](Family family) {
      return !Has(inner, family) || (Has(outer, family) && Contains(outer.region, inner.region, family));
    });
  }

  bool Includes(sema::DomainSetId outer, sema::DomainSetId inner) {
    if (outer == inner) return true;
    const auto [entry, added] = included_.try_emplace({outer, inner}, false);
    if (added)
      entry->second = std::ranges::includes(program_.domain_sets[outer], program_.domain_sets[inner]);
    return entry->second;
  }

  bool Implies(flow::ConditionId inner, flow::ConditionId outer) {
    if (inner == outer || outer == flow::kAlways) return true;
    return conditions_.And(inner, conditions_.Not(outer)) == flow::kNever;
  }

  const sema::Program& program_;
  flow::Conditions conditions_;
  std::map<Part, HullIndex> indexes_;
  std::map<std::pair<sema::DomainSetId, sema::DomainSetId>, bool> included_;
  std::size_t comparisons_ = 0;
};

}  // namespace

// Exact over flows, domains, condition and `audit`, for one rule that covers another alone. A rule of a
// template is reported where each of its uses is covered.
void WarnCoveredRules(const sema::Program& program, const sepolicy::Policy&, diag::Emitter& emitter) {
  if (emitter.SeverityOf(diag::Kind::kCoveredRule) == diag::Severity::kOff) return;
  Covers covers(program);
  const auto by_place = [&](RuleIndex rule) {
    const source::Span& span = program.rules[rule].origin.span;
    return std::tuple(span.file, span.begin, span.end);
  };
  std::map<decltype(by_place(0)), std::vector<RuleIndex>> places;
  for (RuleIndex i = 0; i < program.rules.size(); ++i) places[by_place(i)].push_back(i);
  for (const auto& [place, rules] : places) {
    std::optional<RuleIndex> cover;
    const bool covered = std::ranges::all_of(rules, [&](RuleIndex rule) {
      const std::optional<RuleIndex> found = covers.CoverOf(rule);
      if (!cover) cover = found;
      return found.has_value();
    });
    if (covers.exhausted()) return;
    if (!covered) continue;
    emitter
        .Report(diag::Kind::kCoveredRule, program.rules[rules.front()].origin.span,
                "this rule adds nothing: another one covers it")
        .Label(program.rules[*cover].origin.span, "covered by this one")
        .Help("leave it out, or narrow the other one");
  }
}

}  // namespace appnet::analysis
