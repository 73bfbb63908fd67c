#include "ir/comments.h"

#include <fmt/format.h>

#include <algorithm>

namespace appnet::ir {
namespace {

constexpr std::size_t kFewLabels = 200;
constexpr std::size_t kOfFewLabels = 12;  // rules shown of each

std::string Printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      ' ');
  return text;
}

std::string Describe(const RuleOrigin& rule) {
  std::string line = fmt::format("{}:{} {}", rule.file, rule.line, rule.text);
  for (const std::string& use : rule.used_at) line += fmt::format(", used at {}", use);
  if (!rule.owner.empty()) line += fmt::format(", owner {}", rule.owner);
  if (!rule.ticket.empty()) line += fmt::format(", ticket {}", rule.ticket);
  if (!rule.expires.empty()) line += fmt::format(", expires {}", rule.expires);
  return Printable(std::move(line));
}

std::string Standing(LabelKind kind) {
  switch (kind) {
    case LabelKind::kClass:
    case LabelKind::kForwardClass:
    case LabelKind::kBase:
      return {};
    case LabelKind::kUnmatchedAudit:
      return "local traffic that no rule matches: every domain may, logged";
    case LabelKind::kUnmatchedDeny:
      return "local traffic that no rule matches: nobody may";
    case LabelKind::kForwardAudit:
      return "routed traffic that no rule matches: let through, logged";
    case LabelKind::kForwardDeny:
      return "routed traffic that no rule matches: nobody may";
    case LabelKind::kTransit:
      return "new routed packets before their class is known";
  }
  return {};
}

}  // namespace

std::vector<std::string> OriginLines(const Policy& policy, const Label& label) {
  const std::size_t limit = policy.labels.size() <= kFewLabels ? kOfFewLabels : 1;
  std::vector<std::string> lines;
  if (std::string standing = Standing(label.kind); !standing.empty()) lines.push_back(std::move(standing));
  const std::size_t shown = std::min(limit, label.rules.size());
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(Describe(policy.rules[label.rules[i]]));
  if (label.rules.size() > shown) {
    lines.push_back(
        fmt::format("and {}{} more rules", label.all_rules ? "" : "at least ", label.rules.size() - shown));
  } else if (!label.all_rules) {
    lines.emplace_back("and perhaps more rules");
  }
  return lines;
}

}  // namespace appnet::ir
