#include "sepolicy/condition_index.h"

#include <set>
#include <string>

namespace appnet::sepolicy {
namespace {

constexpr std::size_t kMostSteps = 1024;

struct BoolAlgebra {
  using Value = bool;
  bool Not(bool a) const { return !a; }
  bool And(bool a, bool b) const { return a && b; }
  bool Or(bool a, bool b) const { return a || b; }
};

// Applies an operator of two operands; none when it is no such operator.
template <typename Algebra, typename Value>
std::optional<Value> Apply(Algebra& algebra, std::uint32_t binary_operator, Value left, Value right) {
  const auto differ = [&] {
    return algebra.Or(algebra.And(left, algebra.Not(right)), algebra.And(algebra.Not(left), right));
  };
  switch (binary_operator) {
    case COND_OR:
      return algebra.Or(left, right);
    case COND_AND:
      return algebra.And(left, right);
    case COND_XOR:
    case COND_NEQ:
      return differ();
    case COND_EQ:
      return algebra.Not(differ());
    default:
      return std::nullopt;
  }
}

// The value of an expression; none when it is malformed. `value_of(step)` is that of a boolean.
template <typename Value, typename Algebra, typename Steps, typename ValueOf>
std::optional<Value> Evaluate(Algebra& algebra, const Steps& steps, ValueOf value_of) {
  std::vector<Value> stack;
  for (const auto& step : steps) {
    if (step.type == COND_BOOL) {
      stack.push_back(value_of(step));
    } else if (step.type == COND_NOT) {
      if (stack.empty()) return std::nullopt;
      stack.back() = algebra.Not(stack.back());
    } else {
      if (stack.size() < 2) return std::nullopt;
      const Value right = stack.back();
      stack.pop_back();
      const std::optional<Value> result = Apply<Algebra, Value>(algebra, step.type, stack.back(), right);
      if (!result) return std::nullopt;
      stack.back() = *result;
    }
  }
  if (stack.size() != 1) return std::nullopt;
  return stack.back();
}

}  // namespace

base::Result<ConditionIndex::Position> ConditionIndex::Add(const cond_expr_t* expression,
                                                           const BooleanIndex& booleans) {
  std::vector<Step> steps;
  for (; expression != nullptr; expression = expression->next) {
    Step step{expression->expr_type, false, std::nullopt};
    if (step.type == COND_BOOL) {
      const std::optional<bool> value = booleans.DefaultOfValue(expression->boolean);
      if (!value) return DamagedPolicy("a condition names a boolean that doesn't exist");
      step.value = *value;
      step.number = booleans.NumberOfValue(expression->boolean);
    }
    steps.push_back(step);
  }
  BoolAlgebra algebra;
  const std::optional<bool> holds =
      Evaluate<bool>(algebra, steps, [](const Step& step) { return step.value; });
  if (!holds) return DamagedPolicy("a condition is malformed");
  expressions_.push_back(std::move(steps));
  at_defaults_.push_back(*holds);
  return static_cast<Position>(expressions_.size() - 1);
}

base::Result<flow::ConditionId> ConditionIndex::In(flow::Conditions& conditions, Position position,
                                                   const BooleanIndex& booleans) const {
  const std::vector<Step>& steps = expressions_[position];
  std::set<BooleanId> used;
  for (const Step& step : steps) {
    if (step.number) used.insert(*step.number);
  }
  if (used.size() > flow::kMostBooleans || steps.size() > kMostSteps) {
    return base::Error{"a condition has " + std::to_string(used.size()) + " booleans and " +
                       std::to_string(steps.size() - used.size()) + " operators, more than can be followed"};
  }
  const std::optional<flow::ConditionId> id =
      Evaluate<flow::ConditionId>(conditions, steps, [&](const Step& step) {
        if (step.number) return conditions.Variable(booleans.Name(*step.number));
        return step.value ? flow::kAlways : flow::kNever;
      });
  APPNET_CHECK(id.has_value(), "a condition that was well formed");
  return *id;
}

}  // namespace appnet::sepolicy
