#include "query/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "query/blocks.h"
#include "query/faults.h"
#include "query/flow_text.h"
#include "query/parts.h"
#include "query/reach.h"
#include "query/region_text.h"

namespace appnet::query {
namespace {

using flow::Direction;
using From = Right::From;
using Kind = sema::Question::Kind;
using sepolicy::TypeId;

constexpr std::size_t kMostFlows = 6;  // of one line of a `who`

class Answering {
 public:
  Answering(const sema::Program& program, const ir::Policy& policy, const sepolicy::Policy& base,
            const source::SourceMap& sources)
      : program_(program),
        policy_(policy),
        base_(base),
        sources_(sources),
        question_(*program.question),
        reach_(policy, base) {}

  base::Result<Answer> Run() {
    answer_.kind = question_.kind;
    const base::Status done = question_.kind == Kind::kCan ? FindObstacles() : FindLines();
    if (!done) return done.error();
    return std::move(answer_);
  }

 private:
  base::Status FindObstacles() {
    sema::Assertion claim;
    claim.kind = sema::Assertion::Kind::kCan;
    claim.domains = *question_.domains;
    claim.direction = question_.direction;
    claim.region = question_.region;
    claim.as_type = question_.as_type;
    const base::Result<std::vector<Fault>> faults = FaultsOf(claim, program_, base_, reach_);
    if (!faults) return faults.error();
    for (const Fault& fault : faults.value()) {
      Obstacle obstacle{
          base_.TypeName(fault.type),
          ExampleOf(question_.direction, question_.region, fault.carried.way, policy_.interfaces).text,
          std::nullopt};
      if (fault.when != flow::kNever) obstacle.when = reach_.conditions().Text(fault.when);
      answer_.obstacles.push_back(std::move(obstacle));
    }
    return base::Done{};
  }

  bool IsAskedFor(const Right& right) const {
    if (right.from == From::kKernel && right.may[1] == flow::kNever) return false;
    if (question_.kind == Kind::kWho) return true;
    const std::vector<TypeId>& domains = program_.domain_sets[*question_.domains];
    return std::ranges::binary_search(domains, right.type) || question_.as_type == right.type;
  }

  // A line for each domain and label; what is the same for every label is one line.
  base::Status FindLines() {
    const std::map<ir::LabelId, Part> parts = PartsOf(policy_, question_.direction, question_.region);
    std::vector<AnswerLine> lines;
    for (const Carried& carried : reach_.LabelsIn(question_.direction, question_.region)) {
      const auto rights = reach_.RightsOn(carried.label, question_.direction);
      if (!rights) return rights.error();
      for (const Right& right : *rights.value()) {
        if (!IsAskedFor(right)) continue;
        for (AnswerLine& line : LinesOf(right, carried)) {
          Describe(parts, carried, line);
          lines.push_back(std::move(line));
        }
      }
      ++labels_;
    }
    Join(std::move(lines));
    return base::Done{};
  }

  // One, or one for each permission where their conditions differ.
  std::vector<AnswerLine> LinesOf(const Right& right, const Carried& carried) {
    const auto permissions = PermissionsOf(question_.direction);
    std::vector<AnswerLine> lines;
    for (std::size_t i = 0; i < permissions.size(); ++i) {
      if (right.may[i] == flow::kNever) continue;
      if (i == 1 && right.may[0] == right.may[1]) {
        lines.front().permissions.emplace_back(permissions[1]);
        std::ranges::sort(lines.front().permissions);
        continue;
      }
      AnswerLine line;
      line.domain = base_.TypeName(right.type);
      line.permissions.emplace_back(permissions[i]);
      if (right.may[i] != flow::kAlways) line.when = reach_.conditions().Text(right.may[i]);
      const flow::ConditionId logged = reach_.conditions().And(right.logged, right.may[i]);
      line.logged = logged != flow::kNever;
      if (line.logged && logged != right.may[i]) line.logged_when = reach_.conditions().Text(logged);
      Explain(right, carried, permissions[i], line);
      lines.push_back(std::move(line));
    }
    return lines;
  }

  void Explain(const Right& right, const Carried& carried, std::string_view permission, AnswerLine& line) {
    const ir::Label& label = policy_.labels[carried.label];
    switch (right.from) {
      case From::kRule:
        line.also = RulesBehind(right, label);
        if (line.also.empty()) break;
        line.at = std::move(line.also.front().at);
        line.reason = std::move(line.also.front().text);
        line.also.erase(line.also.begin());
        break;
      case From::kUnmatched: {
        const bool forward = question_.direction == Direction::kForward;
        line.at = PlaceOf(program_.unmatched_at[forward ? 1 : 0]);
        line.reason = forward ? "unmatched forward audit" : "unmatched audit";
        break;
      }
      case From::kPermissive:
        line.from_base = true;
        line.reason = "permissive";
        line.also = RulesBehind(right, label);
        break;
      case From::kBase:
      case From::kKernel: {
        line.from_base = true;
        const auto rules =
            base_.RulesFor(right.type, base_.Find(label.type).id, "packet", permission, reach_.conditions());
        if (rules && !rules.value().empty())
          line.reason = sepolicy::TextOf(rules.value().front(), "packet", permission, reach_.conditions());
        break;
      }
    }
  }

  std::string PlaceOf(const source::Span& span) const {
    const source::Position at = sources_.PositionOf(span.file, span.begin);
    return fmt::format("{}:{}:{}", sources_.Name(span.file), at.line, at.column);
  }

  // In the order of the policy.
  std::vector<AnswerRule> RulesBehind(const Right& right, const ir::Label& label) const {
    std::vector<AnswerRule> rules;
    for (const std::uint32_t index : label.rules) {
      const sema::Rule& rule = program_.rules[index];
      if (rule.direction != question_.direction || rule.label) continue;
      if (!std::ranges::binary_search(program_.domain_sets[rule.subjects], right.type)) continue;
      if (!Intersect(rule.region, question_.region)) continue;
      rules.push_back({PlaceOf(rule.origin.span), rule.text});
    }
    return rules;
  }

  void Describe(const std::map<ir::LabelId, Part>& parts, const Carried& carried, AnswerLine& line) const {
    const auto part = parts.find(carried.label);
    if (part == parts.end()) {  // beyond what was cut out
      line.all_flows = false;
      line.flows = {ExampleOf(question_.direction, question_.region, carried.way, policy_.interfaces).text};
      return;
    }
    line.all_flows = part->second.all;
    for (const flow::Region& box : part->second.boxes) {
      if (question_.kind == Kind::kWho && line.flows.size() == kMostFlows) {
        line.all_flows = false;
        break;
      }
      line.flows.push_back(RegionText(question_.direction, box, policy_.interfaces));
    }
  }

  // By domain; lines that differ in their flows alone are one.
  void Join(std::vector<AnswerLine> lines) {
    const auto key = [](const AnswerLine& line) {
      return std::tie(line.domain, line.from_base, line.at, line.reason, line.also, line.when,
                      line.permissions, line.logged, line.logged_when);
    };
    std::ranges::stable_sort(lines,
                             [&](const AnswerLine& a, const AnswerLine& b) { return key(a) < key(b); });
    for (std::size_t i = 0; i < lines.size();) {
      AnswerLine joined = std::move(lines[i]);
      std::size_t count = 1;
      for (++i; i < lines.size() && key(lines[i]) == key(joined); ++i, ++count) {
        joined.flows.insert(joined.flows.end(), lines[i].flows.begin(), lines[i].flows.end());
        joined.all_flows = joined.all_flows && lines[i].all_flows;
      }
      if (count == labels_ && question_.kind == Kind::kWho) {
        joined.flows.clear();
        joined.all_flows = true;
      }
      answer_.lines.push_back(std::move(joined));
    }
  }

  const sema::Program& program_;
  const ir::Policy& policy_;
  const sepolicy::Policy& base_;
  const source::SourceMap& sources_;
  const sema::Question& question_;
  Reach reach_;
  std::size_t labels_ = 0;
  Answer answer_;
};

}  // namespace

base::Result<Answer> AnswerQuestion(const sema::Program& program, const ir::Policy& policy,
                                    const sepolicy::Policy& base, const source::SourceMap& sources) {
  APPNET_CHECK(program.question.has_value(), "a program without a question");
  return Answering(program, policy, base, sources).Run();
}

}  // namespace appnet::query
