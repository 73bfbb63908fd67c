#include "driver/check_linked.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "driver/read_back.h"
#include "verify/linked_check.h"

namespace appnet::driver {
namespace {

using diag::Kind;
using verify::LinkedReport;
using Place = sepolicy::NeverallowViolation::Place;

class LinkReporter {
 public:
  LinkReporter(const Compiled& compiled, diag::Emitter& emitter) : compiled_(compiled), emitter_(emitter) {}

  // A policy's many domains may come by one door, so each type is said once.
  void ReportForeign(const std::vector<LinkedReport::Foreign>& foreign) {
    std::map<ir::LabelId, std::map<std::pair<std::string, std::string>, std::vector<std::string>>> by_label;
    for (const LinkedReport::Foreign& one : foreign)
      by_label[one.label][{one.domain, one.when}].push_back(one.permission);
    for (const auto& [label, holders] : by_label) {
      const std::string& first = holders.begin()->first.first;
      std::string who = fmt::format("`{}`", first);
      if (holders.size() > 1) who += fmt::format(" and {} more", holders.size() - 1);
      auto report = Report(Kind::kForeignAccess, label,
                           fmt::format("the base policy or a module gives {} access to the packet type `{}`",
                                       who, compiled_.policy.labels[label].type));
      for (const auto& [holder, permissions] : holders) {
        const auto& [domain, when] = holder;
        report.Note(fmt::format("`{}` may {}{}", domain, fmt::join(permissions, ", "),
                                when == "always" ? "" : fmt::format(" if {}", when)));
      }
      const auto of_label = std::ranges::find(foreign, label, &LinkedReport::Foreign::label);
      if (!of_label->through.empty()) {
        report.Note(fmt::format("the type is in `{}`, which is defined by what it leaves out",
                                fmt::join(of_label->through, "`, `")));
        report.Help(fmt::format("take the types of `{}` out of it: (and (...) (not ({})))",
                                compiled_.policy.attribute, compiled_.policy.attribute));
      }
    }
  }

  void ReportStopped(const std::vector<LinkedReport::Stopped>& stopped) {
    for (const LinkedReport::Stopped& one : stopped) {
      const std::string& type = compiled_.policy.labels[one.label].type;
      Report(Kind::kConstraintStops, one.label,
             fmt::format("a constraint of the policy stops `{}` from `{}` on the packet type `{}`",
                         one.domain, one.permission, type))
          .Note(one.constraint)
          .Note(fmt::format("in every context in which the domain can act, such as `{}`{}", one.context,
                            one.lowest_and_range
                                ? "; tried at each user's lowest level and with the user's whole range"
                                : ""));
    }
  }

  void ReportViolations(const std::vector<sepolicy::NeverallowViolation>& violations) {
    for (const sepolicy::NeverallowViolation& violation : violations) {
      const std::string message = fmt::format("{}:{}: `{}` is violated", violation.rule.name,
                                              violation.rule.line, violation.rule.rule);
      const auto ours = std::ranges::find_if(violation.granted_by,
                                             [&](const Place& place) { return LabelOf(place) != nullptr; });
      auto report = ours == violation.granted_by.end()
                        ? emitter_.Report(Kind::kNeverallowViolated, message)
                        : Report(Kind::kNeverallowViolated, *LabelOf(*ours), message);
      for (const Place& place : violation.granted_by)
        report.Note(fmt::format("by `{}` at {}:{}", place.rule, place.name, place.line));
    }
  }

 private:
  // Where the label's first rule is, if it has one.
  diag::Builder Report(Kind kind, const ir::Label& label, std::string message) {
    if (label.rules.empty()) return emitter_.Report(kind, std::move(message));
    return emitter_.Report(kind, compiled_.program.rules[label.rules.front()].origin.span,
                           std::move(message));
  }
  diag::Builder Report(Kind kind, ir::LabelId label, std::string message) {
    return Report(kind, compiled_.policy.labels[label], std::move(message));
  }

  // The label that a rule of our module is about.
  const ir::Label* LabelOf(const Place& place) const {
    if (place.name != compiled_.policy.name + ".cil") return nullptr;
    for (const ir::Label& label : compiled_.policy.labels) {
      if (place.rule.find(" " + label.type + " ") != std::string::npos) return &label;
    }
    return nullptr;
  }

  const Compiled& compiled_;
  diag::Emitter& emitter_;
};

}  // namespace

base::Status CheckLinked(const Compiled& compiled, const LinkedBase& base, diag::Emitter& emitter) {
  if (!base.linker) return base::Done{};
  std::vector<sepolicy::CilText> modules = base.modules;
  const std::string name = compiled.policy.name + ".cil";
  const auto ours = std::ranges::find(compiled.parts, name, &base::OutputFile::name);
  modules.push_back({name, ours->bytes});
  const base::Result<sepolicy::Linked> linked = base.linker->Link(modules);
  if (!linked) {
    // The modules linked by themselves, so it is what the rules grant.
    emitter
        .Report(Kind::kDoesNotLink,
                fmt::format("the module {} does not link with the policy `{}`", name, base.policy.name()))
        .Note(linked.error().message);
    return base::Done{};
  }
  const base::Result<sepolicy::Policy> policy = sepolicy::Policy::Read(
      linked.value().image, base.policy.name() + " with " + name, sepolicy::OwnModule::kShown);
  if (!policy) return policy.error();
  const base::Result<LinkedReport> report = verify::CheckLinked(compiled.policy, policy.value());
  if (!report) return report.error();
  ReportDifferences(name + ", linked with the base policy,", report.value().missing);
  LinkReporter reporter(compiled, emitter);
  reporter.ReportForeign(report.value().foreign);
  reporter.ReportStopped(report.value().stopped);
  reporter.ReportViolations(linked.value().violations);
  return base::Done{};
}

}  // namespace appnet::driver
