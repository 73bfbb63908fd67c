// Changes for people.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "query/changes.h"
#include "query/reach.h"

namespace appnet::query {
namespace {

constexpr std::size_t kShownChanges = 60;
constexpr std::size_t kShownDomains = 8;
constexpr std::size_t kShownFlows = 6;
constexpr std::size_t kShownRules = 4;
constexpr std::size_t kShownTypes = 3;

std::string First(std::vector<std::string> texts, std::size_t most) {
  if (texts.size() > most) texts.resize(most);
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string If(const std::string& condition) {
  return condition == "always" || condition == "never" ? condition : "if " + condition;
}

// "always", "if a", "send only, if a".
std::string MayText(const Holding& holding, flow::Direction direction) {
  const auto& [first, second] = holding.may;
  const auto names = PermissionsOf(direction);
  if (first == second) return If(first);
  if (second == "never") return fmt::format("{} only, {}", names[0], If(first));
  if (first == "never") return fmt::format("{} only, {}", names[1], If(second));
  return fmt::format("{} {}, {} {}", names[0], If(first), names[1], If(second));
}

std::string HoldingText(const Holding& holding, flow::Direction direction) {
  std::string text = MayText(holding, direction);
  if (holding.logged == "always") return text + ", logged";
  if (holding.logged != "never") text += ", logged " + If(holding.logged);
  return text;
}

std::string ReasonText(const Reason& reason) {
  switch (reason.how) {
    case Reason::How::kGranted:
      return "granted by";
    case Reason::How::kGoverned:
      return "governed by";
    case Reason::How::kLabelled:
      return "labelled by";
    case Reason::How::kUnmatched:
      break;
  }
  return fmt::format("unmatched ({}{})", First(reason.labels, kShownTypes),
                     reason.labels.size() > kShownTypes ? ", ..." : "");
}

void AddReason(std::string_view when, const Reason& reason, std::string& out) {
  out += fmt::format("  {:<6} {}", when, ReasonText(reason));
  for (std::size_t i = 0; i < reason.rules.size() && i < kShownRules; ++i) {
    const RulePlace& rule = reason.rules[i];
    out += fmt::format("{}{}:{}: {}", i == 0 ? " " : "\n           ", rule.file, rule.line, rule.text);
  }
  if (reason.rules.size() > kShownRules)
    out += fmt::format("\n           and {} more", reason.rules.size() - kShownRules);
  out += "\n";
}

std::string DomainsText(const std::vector<std::string>& domains) {
  std::string text = First(domains, kShownDomains);
  if (domains.size() > kShownDomains) text += fmt::format(" and {} more", domains.size() - kShownDomains);
  return text;
}

}  // namespace

std::string_view NameOf(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kGains:
      return "gains";
    case ChangeKind::kLoses:
      return "loses";
    case ChangeKind::kCondition:
      return "condition";
    case ChangeKind::kLogging:
      return "logging";
    case ChangeKind::kLabel:
      break;
  }
  return "label";
}

// "always" goes without saying, but for a change from it or to it.
std::string HeadOf(const Change& change) {
  const auto holding = [&](std::size_t side) { return HoldingText(change.holding[side], change.direction); };
  const auto when = [&](std::size_t side) {
    const std::string text = holding(side);
    return text == "always" ? "" : ": " + text;
  };
  const std::string head = fmt::format("{} {}", NameOf(change.kind), DomainsText(change.domains));
  switch (change.kind) {
    case ChangeKind::kGains:
      return head + when(1);
    case ChangeKind::kLoses:
      return head + when(0);
    case ChangeKind::kCondition:
    case ChangeKind::kLogging:
      return fmt::format("{}: {} -> {}", head, holding(0), holding(1));
    case ChangeKind::kLabel:
      break;
  }
  return fmt::format("{} {} -> {}", NameOf(change.kind), change.carried[0], change.carried[1]);
}

std::string ChangesText(const Changes& changes) {
  if (changes.empty()) return "no changes\n";
  std::string out;
  for (const SettingChange& setting : changes.settings)
    out += fmt::format("setting {}: {} -> {}\n", setting.setting, setting.value[0], setting.value[1]);
  for (std::size_t i = 0; i < changes.flows.size() && i < kShownChanges; ++i) {
    const Change& change = changes.flows[i];
    out += HeadOf(change) + "\n";
    for (std::size_t j = 0; j < change.flows.size() && j < kShownFlows; ++j)
      out += fmt::format("    {}\n", change.flows[j]);
    if (change.flows.size() > kShownFlows)
      out += fmt::format("    and {} more\n", change.flows.size() - kShownFlows);
    if (!change.all_regions) out += "    ...\n";
    AddReason("before", change.reason[0], out);
    AddReason("after", change.reason[1], out);
  }
  if (changes.flows.size() > kShownChanges)
    out += fmt::format("and {} more changes; --format json has them all\n",
                       changes.flows.size() - kShownChanges);
  return out;
}

}  // namespace appnet::query
