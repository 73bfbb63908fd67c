#include "backend/cil/emit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <map>
#include <set>
#include <vector>

#include "ir/comments.h"

namespace appnet::backend::cil {
namespace {

using flow::ConditionId;
using ir::Label;
using ir::LabelKind;

constexpr std::string_view kLocal = "send recv";
constexpr std::string_view kForward = "forward_in forward_out";

class Module {
 public:
  explicit Module(const ir::Policy& policy) : policy_(policy) {}

  std::string Write() {
    Line("; SELinux module of the appnet policy {}. Install with: semodule -X 200 -i {}.cil", policy_.name,
         policy_.name);
    Line(
        "; Its types stay out of the base policy's packet attributes: nobody gets them but who is named "
        "here.\n");
    if (policy_.enforce_always) Line("; enforce always\n(policycap always_check_network)\n");
    for (const auto& boolean : policy_.booleans) Line("(boolean {} {})", boolean.name, boolean.value);
    Common();
    for (const Label& label : policy_.labels) {
      if (label.own) Own(label);
    }
    return fmt::to_string(out_);
  }

 private:
  template <typename... Args>
  void Line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_.push_back('\n');
  }

  void Allow(std::string_view rule, std::string_view indent, std::string_view source, std::string_view target,
             std::string_view permissions) {
    Line("{}({} {} {} (packet ({})))", indent, rule, source, target, permissions);
  }

  // What holds for all our types at once, and what base types on packets need.
  void Common() {
    Line("\n; These mark what is ours. They stay in the binary policy, so that a later build recognises it.");
    for (const std::string* attribute :
         {&policy_.attribute, &policy_.kernel_attribute, &policy_.loader_attribute})
      Line("(typeattribute {0})\n(expandtypeattribute {0} false)", *attribute);
    Line("(typeattributeset {} ({}))", policy_.kernel_attribute, policy_.kernel_type);
    Line("(typeattributeset {} ({}))", policy_.loader_attribute, fmt::join(policy_.loaders, " "));
    Line("; the kernel answers for sockets that are gone: resets, acknowledgements, echo replies, errors");
    Allow("allow", "", policy_.kernel_attribute, policy_.attribute, "send");
    Line("; who loads the rules; gives neither send nor recv");
    Allow("allow", "", policy_.loader_attribute, policy_.attribute, "relabelto");
    std::set<std::string_view> relabelled;
    for (const auto& [loader, type] : policy_.missing_relabelto) relabelled.insert(type);
    for (const std::string_view type : relabelled)
      Allow("allow", "", policy_.loader_attribute, type, "relabelto");
    if (!policy_.kernel_sends_unlabeled) {
      Line(
          "; the base policy would stop the kernel's own unlabelled packets: neighbour discovery among them");
      Allow("allow", "", policy_.kernel_attribute, policy_.unlabeled_type, "send");
    }
    if (!policy_.booleans.empty())
      Line("; booleans of ours; never logged, as the kernel relabels no packets");
    for (const auto& boolean : policy_.booleans) {
      Line("(booleanif {}\n\t(true", boolean.name);
      Allow("auditallow", "\t\t", policy_.kernel_attribute, policy_.attribute, "relabelto");
      Line("\t)\n)");
    }
  }

  void Own(const Label& label) {
    Line("");
    for (const std::string& line : ir::OriginLines(policy_, label)) Line("; {}", line);
    Line("(type {0})\n(roletype object_r {0})\n(typeattributeset {1} ({0}))", label.type, policy_.attribute);
    switch (label.kind) {
      case LabelKind::kClass:
        Grants(label, kLocal);
        break;
      case LabelKind::kForwardClass:
        Grants(label, kForward);
        break;
      case LabelKind::kUnmatchedAudit:
        AllDomains(label.type, kLocal, true);
        break;
      case LabelKind::kForwardAudit:
        AllDomains(label.type, kForward, true);
        Allow("allow", "", policy_.unlabeled_type, label.type, kForward);
        Allow("auditallow", "", policy_.unlabeled_type, label.type, kForward);
        break;
      case LabelKind::kTransit:
        Transit(label.type);
        break;
      case LabelKind::kBase:
      case LabelKind::kUnmatchedDeny:
      case LabelKind::kForwardDeny:
        break;
    }
  }

  // Where every domain may pass what no rule matches, those that later modules bring may too.
  void Transit(const std::string& type) {
    const bool all_domains = policy_.labels[policy_.unmatched_forward].kind == LabelKind::kForwardAudit &&
                             !policy_.domain_attribute.empty();
    if (all_domains) Allow("allow", "", policy_.domain_attribute, type, "forward_in");
    const std::set<std::string_view> domains(policy_.all_domains.begin(), policy_.all_domains.end());
    for (const std::string& source : policy_.transit_types) {
      if (!all_domains || !domains.contains(source)) Allow("allow", "", source, type, "forward_in");
    }
  }

  void AllDomains(const std::string& type, std::string_view permissions, bool audited) {
    auto one = [&](std::string_view source) {
      Allow("allow", "", source, type, permissions);
      if (audited) Allow("auditallow", "", source, type, permissions);
    };
    if (!policy_.domain_attribute.empty()) {
      one(policy_.domain_attribute);
    } else {
      for (const std::string& domain : policy_.all_domains) one(domain);
    }
  }

  void Grants(const Label& label, std::string_view permissions) {
    // Conditional rules together, one booleanif for each condition.
    std::map<ConditionId, std::vector<std::pair<std::string_view, std::string_view>>>
        conditional;  // {rule, domain}
    for (const ir::Grant& grant : label.grants) {
      auto add = [&](std::string_view rule, ConditionId condition) {
        if (condition == flow::kAlways)
          Allow(rule, "", grant.domain, label.type, permissions);
        else if (condition != flow::kNever)
          conditional[condition].emplace_back(rule, grant.domain);
      };
      add("allow", grant.allowed);
      add("auditallow", grant.audited);
    }
    for (const auto& [condition, rules] : conditional) {
      Line("(booleanif {}\n\t(true", Expression(condition));
      for (const auto& [rule, domain] : rules) Allow(rule, "\t\t", domain, label.type, permissions);
      Line("\t)\n)");
    }
  }

  // A disjunction of products, nested to the left: the kernel's evaluation stack holds ten values at most
  // (COND_EXPR_MAXDEPTH), this form needs three whatever the condition.
  std::string Expression(ConditionId condition) const {
    std::string sum;
    for (const flow::Conditions::Product& product : policy_.conditions.Products(condition)) {
      std::string term;
      for (const auto& [boolean, value] : product) {
        const std::string literal = value ? boolean : fmt::format("(not {})", boolean);
        term = term.empty() ? literal : fmt::format("(and {} {})", term, literal);
      }
      sum = sum.empty() ? term : fmt::format("(or {} {})", sum, term);
    }
    return sum;
  }

  const ir::Policy& policy_;
  fmt::memory_buffer out_;
};

}  // namespace

base::OutputFile Emit(const ir::Policy& policy) {
  return {policy.name + ".cil", Module(policy).Write(), false};
}

}  // namespace appnet::backend::cil
