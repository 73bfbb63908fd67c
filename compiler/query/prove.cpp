#include "query/prove.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "query/faults.h"
#include "query/flow_text.h"

namespace appnet::query {
namespace {

using flow::Conditions;
using flow::Direction;
using sepolicy::TypeId;
using From = Right::From;
using Kind = sema::Assertion::Kind;

constexpr std::size_t kNamedTypes = 3;
constexpr std::size_t kShownUses = 3;

// "`a` is on and `b` is off"
std::string SettingText(const Conditions::Product& setting) {
  std::string text;
  for (const auto& [boolean, value] : setting)
    text += fmt::format("{}`{}` is {}", text.empty() ? "" : " and ", boolean, value ? "on" : "off");
  return text;
}

class Report {
 public:
  Report(const sema::Assertion& assertion, const sema::Program& program, const ir::Policy& policy,
         const sepolicy::Policy& base, Reach& reach, diag::Emitter& emitter)
      : assertion_(assertion),
        program_(program),
        policy_(policy),
        base_(base),
        reach_(reach),
        emitter_(emitter) {}

  void Write(const std::vector<Fault>& faults) const {
    const Fault& first = faults.front();
    const Example example =
        ExampleOf(assertion_.direction, assertion_.region, first.carried.way, policy_.interfaces);
    const bool can = assertion_.kind == Kind::kCan;
    const std::string& type = base_.TypeName(first.type);
    diag::Builder report =
        emitter_.Report(diag::Kind::kAssertionFailed, assertion_.origin.span,
                        can ? fmt::format("the assertion does not hold: `{}` can't `{}`", type, example.text)
                            : fmt::format("the assertion does not hold: `{}` {} `{}`", type,
                                          Doing(*first.right), example.text));
    if (can) {
      SayWhyNot(first, example, report);
    } else {
      SayWhy(first, example, report);
    }
    if (faults.size() > 1) report.Note(fmt::format("the same is true of {}", Others(faults)));
    for (std::size_t i = 0; i < assertion_.origin.used_at.size() && i < kShownUses; ++i)
      report.Label(assertion_.origin.used_at[i], "used here");
  }

 private:
  const ir::Label& LabelOf(const Fault& fault) const { return policy_.labels[fault.carried.label]; }

  std::string Others(const std::vector<Fault>& faults) const {
    std::vector<std::string> names;
    for (std::size_t i = 1; i < faults.size(); ++i) names.push_back(base_.TypeName(faults[i].type));
    std::sort(names.begin(), names.end());
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < kNamedTypes; ++i)
      text += fmt::format("{}`{}`", i == 0 ? "" : ", ", names[i]);
    if (names.size() > kNamedTypes) text += fmt::format(" and {} more", names.size() - kNamedTypes);
    return text;
  }

  // "can", or "may send packets of": what the type may do, all of it where that is possible at once.
  std::string Doing(const Right& right) const {
    if (reach_.conditions().And(right.may[0], right.may[1]) != flow::kNever) return "can";
    const auto permissions = PermissionsOf(assertion_.direction);
    const bool first = right.may[0] != flow::kNever;
    const bool second = right.may[1] != flow::kNever;
    if (first && second) return fmt::format("may either {} or {} packets of", permissions[0], permissions[1]);
    return fmt::format("may {} packets of", permissions[first ? 0 : 1]);
  }

  bool Subject(const sema::Rule& rule, TypeId type) const {
    return std::ranges::binary_search(program_.domain_sets[rule.subjects], type);
  }

  // Calls visit(rule) for each rule that matches the flow.
  template <typename Visit>
  void ForEachRuleAt(const Example& example, const Visit& visit) const {
    for (const sema::Rule& rule : program_.rules) {
      if (rule.direction == assertion_.direction && flow::Contains(rule.region, example.flow)) visit(rule);
    }
  }

  // Of a flow that no rule grants: what type its packets have, and who gave it to them.
  void SayType(const Fault& fault, const Example& example, diag::Builder& report) const {
    bool labelled = false;
    ForEachRuleAt(example, [&](const sema::Rule& rule) {
      if (!rule.label || labelled) return;
      labelled = true;
      report.Label(rule.origin.span, fmt::format("labelled `{}` here", LabelOf(fault).type));
    });
  }

  void SayWhy(const Fault& fault, const Example& example, diag::Builder& report) const {
    const Conditions::Product changes = reach_.conditions().Changes(fault.when, reach_.defaults());
    switch (fault.right->from) {
      case From::kRule:
        SayRule(fault, example, changes, report);
        break;
      case From::kUnmatched:
        report.Note(fmt::format("no rule matches it, and `unmatched {}audit` lets every domain",
                                assertion_.direction == Direction::kForward ? "forward " : ""));
        break;
      case From::kBase:
      case From::kKernel:
        SayType(fault, example, report);
        report.Note(fmt::format("its packets carry `{}`, and the policy `{}` has `{}`", LabelOf(fault).type,
                                base_.name(), BaseRule(fault)));
        break;
      case From::kPermissive:
        report.Note(fmt::format("`{}` is permissive in the policy `{}`: nothing stops it",
                                base_.TypeName(fault.type), base_.name()));
        break;
    }
    if (!changes.empty()) report.Note(fmt::format("while {}", SettingText(changes)));
  }

  // The base policy's rule for what the type may do.
  std::string BaseRule(const Fault& fault) const {
    const auto permissions = PermissionsOf(assertion_.direction);
    const bool kernel =
        fault.type == base_.KernelType() && assertion_.direction != Direction::kForward;  // which may send
    const std::string_view permission = permissions[fault.right->may[0] != flow::kNever && !kernel ? 0 : 1];
    const auto rules = base_.RulesFor(fault.type, base_.Find(LabelOf(fault).type).id, "packet", permission,
                                      reach_.conditions());
    if (!rules || rules.value().empty()) return std::string(permission);
    return sepolicy::TextOf(rules.value().front(), "packet", permission, reach_.conditions());
  }

  // The first rule that grants it under the setting.
  void SayRule(const Fault& fault, const Example& example, const Conditions::Product& changes,
               diag::Builder& report) const {
    std::map<std::string, bool> setting = reach_.defaults();
    for (const auto& [boolean, value] : changes) setting[boolean] = value;
    bool said = false;
    ForEachRuleAt(example, [&](const sema::Rule& rule) {
      if (said || rule.label || !Subject(rule, fault.type)) return;
      if (!program_.conditions.Holds(rule.condition, setting)) return;
      said = true;
      report.Label(rule.origin.span, "granted here");
    });
  }

  void SayWhyNot(const Fault& fault, const Example& example, diag::Builder& report) const {
    const ir::Label& label = LabelOf(fault);
    switch (label.kind) {
      case ir::LabelKind::kClass:
      case ir::LabelKind::kForwardClass:
        SayGoverned(fault, example, report);
        break;
      case ir::LabelKind::kBase:
        SayType(fault, example, report);
        SayMissing(fault, report);
        break;
      default:
        report.Note(fmt::format(
            "no rule matches it, and `unmatched {}{}` does not let `{}`",
            assertion_.direction == Direction::kForward ? "forward " : "",
            label.kind == ir::LabelKind::kUnmatchedAudit || label.kind == ir::LabelKind::kForwardAudit
                ? "audit"
                : "deny",
            base_.TypeName(fault.type)));
        break;
    }
    if (fault.when != flow::kNever) {
      report.Note(fmt::format("it could while {}",
                              SettingText(reach_.conditions().Changes(fault.when, reach_.defaults()))));
    }
  }

  // A rule that names the type under a condition, else the first that governs the flow.
  void SayGoverned(const Fault& fault, const Example& example, diag::Builder& report) const {
    const sema::Rule* named = nullptr;
    const sema::Rule* governs = nullptr;
    ForEachRuleAt(example, [&](const sema::Rule& rule) {
      if (rule.label) return;
      if (governs == nullptr) governs = &rule;
      if (named == nullptr && Subject(rule, fault.type)) named = &rule;
    });
    if (named != nullptr) {
      report.Label(named->origin.span,
                   fmt::format("granted here if `{}`", program_.conditions.Text(named->condition)));
    } else if (governs != nullptr) {
      report.Label(governs->origin.span,
                   fmt::format("governed here, and no rule names `{}`", base_.TypeName(fault.type)));
    }
  }

  void SayMissing(const Fault& fault, diag::Builder& report) const {
    const auto permissions = PermissionsOf(assertion_.direction);
    std::string missing;
    for (std::size_t i = 0; i < permissions.size(); ++i) {
      const bool has = fault.right && reach_.conditions().Holds(fault.right->may[i], reach_.defaults());
      if (!has) missing += fmt::format("{}`{}`", missing.empty() ? "" : " and ", permissions[i]);
    }
    report.Note(fmt::format("its packets carry `{}`, and the policy `{}` does not give `{}` {} on it",
                            LabelOf(fault).type, base_.name(), base_.TypeName(fault.type), missing));
  }

  const sema::Assertion& assertion_;
  const sema::Program& program_;
  const ir::Policy& policy_;
  const sepolicy::Policy& base_;
  Reach& reach_;
  diag::Emitter& emitter_;
};

}  // namespace

base::Status ProveAssertions(const sema::Program& program, const ir::Policy& policy,
                             const sepolicy::Policy& base, diag::Emitter& emitter) {
  if (program.assertions.empty()) return base::Done{};
  Reach reach(policy, base);
  for (const sema::Assertion& assertion : program.assertions) {
    const base::Result<std::vector<Fault>> faults = FaultsOf(assertion, program, base, reach);
    if (!faults) return faults.error();
    if (!faults.value().empty())
      Report(assertion, program, policy, base, reach, emitter).Write(faults.value());
  }
  return base::Done{};
}

}  // namespace appnet::query
