#include "sema/conditions.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include "diag/suggest.h"

namespace appnet::sema {
namespace {

using diag::Kind;
using Expression = ast::Condition;
using Meanings = std::map<std::string_view, std::string>;  // names as written, to SELinux booleans

class Reader {
 public:
  Reader(ModuleId from, const Names& names, const Inputs& inputs)
      : from_(from), names_(names), inputs_(inputs) {}

  // Every name of the expression is a boolean; all that are not are reported.
  bool Resolve(const Expression& expression, Meanings& meanings) const {
    bool good = true;
    if (expression.kind == Expression::Kind::kName) {
      std::optional<std::string> name = BooleanNamed(expression);
      good = name.has_value();
      if (name) meanings.emplace(expression.name, *std::move(name));
    }
    for (const auto& operand : expression.operands) good = Resolve(*operand, meanings) && good;
    return good;
  }

 private:
  std::optional<std::string> BooleanNamed(const Expression& expression) const {
    const std::string_view text = expression.name;
    if (text.empty()) return std::nullopt;
    const Lookup lookup = names_.Find(from_, text);
    if (lookup.second) {
      names_.ReportAmbiguous(lookup, text, expression.span);
      return std::nullopt;
    }
    if (lookup.first && !names_[*lookup.first].taken) {
      const Declaration& declaration = names_[*lookup.first];
      if (declaration.kind == NameKind::kBoolean) return std::string(declaration.name->text);
      names_.ReportWrongKind(*lookup.first, expression.span, "a boolean");
      return std::nullopt;
    }
    if (inputs_.policy.FindBoolean(text)) return std::string(text);
    if (const std::string_view taken = TakenByPolicy(inputs_.policy, text); !taken.empty()) {
      inputs_.emitter.Report(Kind::kWrongNameKind, expression.span,
                             fmt::format("`{}` is {} of the policy `{}`, and a boolean is wanted here", text,
                                         taken, inputs_.policy.name()));
      return std::nullopt;
    }
    if (!lookup.incomplete) ReportUnknown(text, expression.span);
    return std::nullopt;
  }

  void ReportUnknown(std::string_view name, source::Span span) const {
    std::vector<std::string_view> candidates = names_.Visible(from_, NameKind::kBoolean);
    for (sepolicy::BooleanId id = 0; id < inputs_.policy.boolean_count(); ++id) {
      candidates.push_back(inputs_.policy.BooleanName(id));
    }
    auto report =
        inputs_.emitter.Report(Kind::kUnknownBoolean, span, fmt::format("unknown boolean `{}`", name));
    report.Beside(fmt::format("not declared, and not in the policy `{}`", inputs_.policy.name()));
    if (const auto near = diag::Nearest(name, candidates)) {
      report.DidYouMean(*near);
    } else {
      report.Help(fmt::format("`boolean {} = false;` declares one", name));
    }
  }

  ModuleId from_;
  const Names& names_;
  const Inputs& inputs_;
};

// Recursive in parentheses and `not`s, whose depth the parser bounds.
flow::ConditionId Build(const Expression& expression, const Meanings& meanings,
                        flow::Conditions& conditions) {
  switch (expression.kind) {
    case Expression::Kind::kName:
      return conditions.Variable(meanings.at(expression.name));
    case Expression::Kind::kConstant:
      return expression.name == "true" ? flow::kAlways : flow::kNever;
    case Expression::Kind::kNot:
      return conditions.Not(Build(*expression.operands.front(), meanings, conditions));
    case Expression::Kind::kAnd:
    case Expression::Kind::kOr:
      break;
  }
  const bool all = expression.kind == Expression::Kind::kAnd;
  flow::ConditionId result = all ? flow::kAlways : flow::kNever;
  for (const auto& operand : expression.operands) {
    const flow::ConditionId next = Build(*operand, meanings, conditions);
    result = all ? conditions.And(result, next) : conditions.Or(result, next);
  }
  return result;
}

}  // namespace

Branches Branch(const Guard& outer, const ast::Condition& condition, ModuleId from, const Names& names,
                flow::Conditions& conditions, const Inputs& inputs) {
  Guard inner = outer;
  Meanings meanings;
  if (!Reader(from, names, inputs).Resolve(condition, meanings)) return {outer, outer};
  for (const auto& [written, boolean] : meanings) inner.booleans.insert(boolean);
  if (outer.too_many) return {outer, outer};
  if (inner.booleans.size() > kMaxBooleans) {
    inputs.emitter
        .Report(Kind::kTooManyBooleans, condition.span,
                fmt::format("a rule would depend on {} booleans, and SELinux takes {} in one condition",
                            inner.booleans.size(), kMaxBooleans))
        .Note("conditions of the blocks around it count as well")
        .Help("let fewer booleans stand for what they decide together");
    Guard failed = outer;
    failed.too_many = true;
    return {failed, failed};
  }
  const flow::ConditionId id = Build(condition, meanings, conditions);
  Guard negated = inner;
  inner.condition = conditions.And(outer.condition, id);
  negated.condition = conditions.And(outer.condition, conditions.Not(id));
  return {std::move(inner), std::move(negated)};
}

}  // namespace appnet::sema
