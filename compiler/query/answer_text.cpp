// Answers for people and for scripts.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "query/answer.h"

namespace appnet::query {
namespace {

using Json = nlohmann::ordered_json;
using Kind = sema::Question::Kind;

constexpr int kFormatVersion = 1;
constexpr std::size_t kWidest = 32;  // of a domain with its condition

std::string HowText(const AnswerLine& line) {
  std::string text = line.from_base ? "base policy" : line.at.value_or("this policy");
  if (!line.reason.empty()) text += ": " + line.reason;
  if (line.logged) text += ", logged";
  if (line.logged_when) text += " if " + *line.logged_when;
  return text;
}

// Whoever takes the first rule away has not closed the flows of these.
void AddOtherRules(const AnswerLine& line, std::string_view indent, std::string& out) {
  for (const AnswerRule& rule : line.also) out += fmt::format("{}also {}: {}\n", indent, rule.at, rule.text);
}

std::string DomainText(const AnswerLine& line) {
  std::string text = line.domain;
  if (line.permissions.size() == 1) text += fmt::format(" ({} only)", line.permissions.front());
  if (line.when) text += fmt::format(" if {}", *line.when);
  return text;
}

void AddFlows(const AnswerLine& line, std::string_view indent, std::string& out) {
  for (const std::string& flow : line.flows) out += fmt::format("{}{}\n", indent, flow);
  if (!line.all_flows) out += fmt::format("{}...\n", indent);
}

// Who may in all of the flows first; then those who may in the same part of them together.
std::string WhoText(const Answer& answer) {
  if (answer.lines.empty()) return "nobody\n";
  std::vector<std::vector<const AnswerLine*>> groups(1);
  for (const AnswerLine& line : answer.lines) {
    const auto same = [&](const std::vector<const AnswerLine*>& group) {
      return !group.empty() && group.front()->flows == line.flows;
    };
    auto group = line.flows.empty() ? groups.begin() : std::find_if(groups.begin(), groups.end(), same);
    if (group == groups.end()) group = groups.insert(groups.end(), {{}});
    group->push_back(&line);
  }
  std::string out;
  for (const std::vector<const AnswerLine*>& group : groups) {
    if (group.empty()) continue;
    const std::string_view indent = group.front()->flows.empty() ? "" : "  ";
    if (!indent.empty()) out += "only for\n";
    AddFlows(*group.front(), "    ", out);
    std::size_t width = 0;
    for (const AnswerLine* line : group) width = std::min(kWidest, std::max(width, DomainText(*line).size()));
    for (const AnswerLine* line : group) {
      out += fmt::format("{}{:<{}}  {}\n", indent, DomainText(*line), width, HowText(*line));
      AddOtherRules(*line, std::string(indent.size() + width + 2, ' '), out);
    }
  }
  return out;
}

std::string WhatText(const Answer& answer) {
  if (answer.lines.empty()) return "nothing\n";
  std::string out;
  for (const AnswerLine& line : answer.lines) {
    out += fmt::format("{}  {}\n", DomainText(line), HowText(line));
    AddOtherRules(line, std::string(DomainText(line).size() + 2, ' '), out);
    AddFlows(line, "    ", out);
  }
  return out;
}

std::string CanText(const Answer& answer) {
  if (answer.obstacles.empty()) return "yes\n";
  std::string out = "no\n";
  for (const Obstacle& obstacle : answer.obstacles) {
    out += fmt::format("  {} can't {}", obstacle.domain, obstacle.flow);
    if (obstacle.when) out += fmt::format("; it could if {}", *obstacle.when);
    out += "\n";
  }
  return out;
}

Json OrNull(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

}  // namespace

std::string AnswerText(const Answer& answer) {
  switch (answer.kind) {
    case Kind::kWho:
      return WhoText(answer);
    case Kind::kCan:
      return CanText(answer);
    case Kind::kWhat:
      break;
  }
  return WhatText(answer);
}

std::string AnswerJson(const Answer& answer) {
  Json json{{"format_version", kFormatVersion}};
  if (answer.kind == Kind::kCan) {
    json["answer"] = answer.obstacles.empty();
    json["obstacles"] = Json::array();
    for (const Obstacle& obstacle : answer.obstacles)
      json["obstacles"].push_back(
          {{"domain", obstacle.domain}, {"flow", obstacle.flow}, {"could_when", OrNull(obstacle.when)}});
    return json.dump() + "\n";
  }
  json["answer"] = Json::array();
  for (const AnswerLine& line : answer.lines) {
    const bool every_flow = line.flows.empty();
    Json also = Json::array();
    for (const AnswerRule& rule : line.also) also.push_back({{"at", rule.at}, {"reason", rule.text}});
    json["answer"].push_back({{"domain", line.domain},
                              {"permissions", line.permissions},
                              {"when", OrNull(line.when)},
                              {"from", line.from_base ? "base" : "rule"},
                              {"at", OrNull(line.at)},
                              {"logged", line.logged},
                              {"logged_when", OrNull(line.logged_when)},
                              {"reason", line.reason},
                              {"also", std::move(also)},
                              {"flows", every_flow ? Json(nullptr) : Json(line.flows)},
                              {"all_flows", line.all_flows}});
  }
  return json.dump() + "\n";
}

}  // namespace appnet::query
