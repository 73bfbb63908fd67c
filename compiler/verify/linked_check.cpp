#include "verify/linked_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>

#include "sepolicy/constraints.h"
#include "verify/module_expectation.h"

namespace appnet::verify {
namespace {

using sepolicy::NameLookup;

class LinkedChecker {
 public:
  LinkedChecker(const ir::Policy& policy, const sepolicy::Policy& linked)
      : policy_(policy), linked_(linked), conditions_(policy.conditions) {}

  base::Result<LinkedReport> Check() {
    Rights found(names_, conditions_);
    for (ir::LabelId label = 0; label < policy_.labels.size(); ++label) {
      if (!policy_.labels[label].own) continue;
      const base::Status read = ReadHolders(label, found);
      if (!read) return read.error();
    }
    Rights wanted(names_, conditions_);
    AddAllowed(policy_, wanted);
    AddAudited(policy_, wanted);
    for (const Difference& difference : Differences(wanted, found)) Report(difference);
    const base::Status checked = CheckConstraints(wanted);
    if (!checked) return checked.error();
    for (auto* list : {&report_.foreign, &report_.logged}) {
      std::ranges::sort(*list, {}, [](const LinkedReport::Foreign& foreign) {
        return std::tie(foreign.label, foreign.domain, foreign.permission);
      });
    }
    return std::move(report_);
  }

 private:
  base::Status ReadHolders(ir::LabelId label, Rights& found) {
    const std::string& type = policy_.labels[label].type;
    labels_.emplace(type, label);
    const NameLookup target = linked_.Find(type);
    if (target.kind != NameLookup::Kind::kType || target.alias) {
      report_.missing.push_back(fmt::format("the linked policy has no type `{}`", type));
      return base::Done{};
    }
    if (!linked_.IsValidContext(policy_.labels[label].context))
      report_.missing.push_back(
          fmt::format("the linked policy knows no context `{}`", policy_.labels[label].context));
    for (const std::string& permission : linked_.Permissions("packet")) {
      const auto holders = linked_.HoldersWhen(target.id, "packet", permission, conditions_);
      if (!holders) return holders.error();
      for (const auto& holder : holders.value())
        found.Allow(linked_.TypeName(holder.source), permission, type, holder.when);
      const auto logged = linked_.LoggedWhen(target.id, "packet", permission, conditions_);
      if (!logged) return logged.error();
      for (const auto& holder : logged.value())
        found.Audit(linked_.TypeName(holder.source), permission, type, holder.when);
    }
    return base::Done{};
  }

  void Report(const Difference& difference) {
    const Rights::Entry& wanted = difference.wanted;
    const Rights::Entry& found = difference.found;
    if (Beyond(wanted.allowed, found.allowed) != flow::kNever ||
        Beyond(wanted.audited, found.audited) != flow::kNever)
      std::ranges::move(Sentences(difference, names_, conditions_), std::back_inserter(report_.missing));
    const std::string& type = names_.Text(found.type);
    const auto add = [&](flow::ConditionId beyond, std::vector<LinkedReport::Foreign>& to) {
      if (beyond == flow::kNever) return;
      to.push_back({labels_.at(type), names_.Text(found.domain), names_.Text(found.permission),
                    conditions_.Text(beyond), AttributesOf(type)});
    };
    add(Beyond(found.allowed, wanted.allowed), report_.foreign);
    add(Beyond(found.audited, wanted.audited), report_.logged);
  }

  // Where the one holds and the other doesn't.
  flow::ConditionId Beyond(flow::ConditionId one, flow::ConditionId other) {
    return conditions_.And(one, conditions_.Not(other));
  }

  std::vector<std::string> AttributesOf(const std::string& type) const {
    std::vector<std::string> attributes;
    const NameLookup found = linked_.Find(type);
    for (sepolicy::AttributeId attribute = 0; attribute < linked_.attribute_count(); ++attribute) {
      const std::string& name = linked_.AttributeName(attribute);
      if (name != policy_.attribute && linked_.Has(attribute, found.id)) attributes.push_back(name);
    }
    return attributes;
  }

  // Only what rules grant: the kernel's and the loaders' rights are no domain's of the policy.
  base::Status CheckConstraints(Rights& wanted) {
    const base::Result<sepolicy::Constraints> constraints =
        sepolicy::Constraints::Of(linked_.image(), linked_.name());
    if (!constraints) return constraints.error();
    std::map<std::string, std::vector<std::string>> contexts;
    for (const Rights::Entry& entry : wanted.Entries()) {
      const ir::LabelId label = labels_.at(names_.Text(entry.type));
      const std::string& domain = names_.Text(entry.domain);
      const bool granted = std::ranges::any_of(
          policy_.labels[label].grants, [&](const ir::Grant& grant) { return grant.domain == domain; });
      if (!granted || entry.allowed == flow::kNever || names_.Text(entry.permission) == "relabelto") continue;
      auto known = contexts.find(domain);
      if (known == contexts.end())
        known = contexts.emplace(domain, constraints.value().ContextsOf(domain)).first;
      const std::string& permission = names_.Text(entry.permission);
      std::optional<std::string> constraint;
      for (const std::string& context : known->second) {
        constraint = constraints.value().Stops(context, policy_.labels[label].context, "packet", permission);
        if (!constraint) break;
      }
      if (constraint)
        report_.stopped.push_back(
            {label, domain, permission, known->second.front(), *constraint, linked_.mls()});
    }
    return base::Done{};
  }

  const ir::Policy& policy_;
  const sepolicy::Policy& linked_;
  Names names_;
  flow::Conditions conditions_;
  std::map<std::string, ir::LabelId, std::less<>> labels_;  // by type
  LinkedReport report_;
};

}  // namespace

base::Result<LinkedReport> CheckLinked(const ir::Policy& policy, const sepolicy::Policy& linked) {
  return LinkedChecker(policy, linked).Check();
}

}  // namespace appnet::verify
