#include "driver/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "driver/base_labels.h"
#include "driver/summary_words.h"

namespace appnet::driver {
namespace {

constexpr std::size_t kShownTypes = 40;
constexpr std::size_t kShownRules = 12;
constexpr std::size_t kShownDomains = 8;

void AddClass(const ir::Policy& policy, const ir::Label& label, std::string& out) {
  out += fmt::format("  {}\n", label.type);
  const bool forward = label.kind == ir::LabelKind::kForwardClass;
  std::string who;
  for (std::size_t i = 0; i < label.grants.size() && i < kShownDomains; ++i) {
    who += fmt::format("{}{}", i == 0 ? "" : "; ", GrantText(label.grants[i], policy.conditions));
  }
  if (label.grants.size() > kShownDomains)
    who += fmt::format("; and {} more", label.grants.size() - kShownDomains);
  out +=
      fmt::format("    {} {}\n", forward ? "through for" : "send and receive:", who.empty() ? "nobody" : who);
  for (std::size_t i = 0; i < label.rules.size() && i < kShownRules; ++i) {
    const ir::RuleOrigin& rule = policy.rules[label.rules[i]];
    out += fmt::format("    {}:{}: {}\n", rule.file, rule.line, rule.text);
  }
  if (label.rules.size() > kShownRules)
    out += fmt::format("    and {} more rules\n", label.rules.size() - kShownRules);
}

void AddList(std::string_view heading, const std::vector<sepolicy::TypeId>& types,
             const sepolicy::Policy& base, std::string& out) {
  std::vector<std::string> names;
  names.reserve(types.size());
  for (const sepolicy::TypeId type : types) names.push_back(base.TypeName(type));
  std::sort(names.begin(), names.end());
  out += fmt::format("  {}:\n", heading);
  for (const std::string& name : names) out += fmt::format("    {}\n", name);
}

void AddUnmatched(const Compiled& compiled, const sepolicy::Policy& base, bool list, std::string& out) {
  const analysis::UnmatchedReport report = analysis::ReportUnmatched(compiled.program, compiled.policy, base);
  out += fmt::format("unmatched {} (packets carry {}), with the booleans of {} at their defaults:\n",
                     ModeName(compiled.program.unmatched),
                     compiled.policy.labels[compiled.policy.unmatched].type, base.name());
  auto line = [&](std::string_view what, std::size_t count, std::size_t sockets) {
    out += fmt::format("  {:<9} {:>5} of {} domains, of which {} may open network sockets\n", what, count,
                       base.Domains().size(), sockets);
  };
  line("open to", report.open.size(), report.open_with_sockets);
  if (!report.partly.empty()) line("partly", report.partly.size(), report.partly_with_sockets);
  line("cuts off", report.cut_off.size(), report.cut_off_with_sockets);
  if (compiled.program.unmatched == sema::UnmatchedMode::kDeny) out += "  the kernel's own packets pass\n";
  out +=
      fmt::format("unmatched forward {} (packets carry {})\n", ModeName(compiled.program.unmatched_forward),
                  compiled.policy.labels[compiled.policy.unmatched_forward].type);
  if (!list) return;
  AddList("open to", report.open, base, out);
  AddList("partly", report.partly, base, out);
  AddList("cuts off", report.cut_off, base, out);
}

void AddWaysAround(const analysis::WaysAround& ways, const sepolicy::Policy& base, bool list,
                   std::string& out) {
  if (ways.domains == 0) return;
  out += fmt::format("ways around labels: {} of {} with rules here could go around them{}\n", ways.some_way,
                     Plural(ways.domains, "domain"),
                     list || ways.ways.empty() ? "" : " (check --list says how)");
  if (!list) return;
  for (const analysis::WayAround& way : ways.ways) {
    out += fmt::format("  {}: {}{}\n", base.TypeName(way.domain), way.how,
                       way.at_defaults ? "" : " (not while the booleans are at their defaults)");
    for (const std::string& rule : way.rules) out += fmt::format("    {}\n", rule);
  }
}

}  // namespace

std::string Summarize(const Compiled& compiled, const sepolicy::Policy& base, const SummaryOptions& options) {
  const ir::Policy& policy = compiled.policy;
  std::size_t own = 0;
  std::size_t classes = 0;
  for (const ir::Label& label : policy.labels) {
    own += label.own ? 1 : 0;
    classes += label.kind == ir::LabelKind::kClass || label.kind == ir::LabelKind::kForwardClass ? 1 : 0;
  }
  std::string out = fmt::format("policy {}: {}, {}, {}\n", policy.name, Plural(policy.rules.size(), "rule"),
                                fmt::format("{} flow class{}", classes, classes == 1 ? "" : "es"),
                                Plural(own, "packet type"));
  out += "who may do what:\n";
  std::size_t shown = 0;
  for (const ir::Label& label : policy.labels) {
    if (label.kind != ir::LabelKind::kClass && label.kind != ir::LabelKind::kForwardClass) continue;
    if (++shown <= kShownTypes) AddClass(policy, label, out);
  }
  if (shown > kShownTypes)
    out += fmt::format("  and {} more packet types; all are in the manifest\n", shown - kShownTypes);
  if (shown == 0) out += "  no rule names a domain\n";
  out += BaseLabelLines(compiled, base, options.list_domains);
  AddUnmatched(compiled, base, options.list_domains, out);
  AddWaysAround(compiled.ways_around, base, options.list_domains, out);
  return out;
}

}  // namespace appnet::driver
