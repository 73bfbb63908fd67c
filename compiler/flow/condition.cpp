#include "flow/condition.h"

#include <algorithm>

#include "base/check.h"

namespace appnet::flow {
namespace {

constexpr std::uint32_t kNoVariable = ~std::uint32_t{0};  // of the two constants: after every variable

}  // namespace

Conditions::Conditions() : nodes_{{kNoVariable, kNever, kNever}, {kNoVariable, kAlways, kAlways}} {}

ConditionId Conditions::Variable(std::string_view boolean) {
  auto found = index_.find(boolean);
  if (found == index_.end()) {
    found = index_.emplace(std::string(boolean), static_cast<std::uint32_t>(names_.size())).first;
    names_.emplace_back(boolean);
  }
  return Make(found->second, kNever, kAlways);
}

ConditionId Conditions::Not(ConditionId a) { return IfThenElse(a, kNever, kAlways); }
ConditionId Conditions::And(ConditionId a, ConditionId b) { return IfThenElse(a, b, kNever); }
ConditionId Conditions::Or(ConditionId a, ConditionId b) { return IfThenElse(a, kAlways, b); }

ConditionId Conditions::Make(std::uint32_t variable, ConditionId low, ConditionId high) {
  if (low == high) return low;
  const auto [place, is_new] =
      unique_.try_emplace({variable, low, high}, static_cast<ConditionId>(nodes_.size()));
  if (is_new) nodes_.push_back({variable, low, high});
  return place->second;
}

ConditionId Conditions::IfThenElse(ConditionId condition, ConditionId then_id, ConditionId else_id) {
  if (condition == kAlways || then_id == else_id) return then_id;
  if (condition == kNever) return else_id;
  if (then_id == kAlways && else_id == kNever) return condition;
  const std::tuple key{condition, then_id, else_id};
  if (const auto known = computed_.find(key); known != computed_.end()) return known->second;
  if (computed_.size() >= limit_) {
    exceeded_ = true;
    return kNever;
  }

  const std::uint32_t top =
      std::min({nodes_[condition].variable, nodes_[then_id].variable, nodes_[else_id].variable});
  const auto low_of = [&](ConditionId id) { return nodes_[id].variable == top ? nodes_[id].low : id; };
  const auto high_of = [&](ConditionId id) { return nodes_[id].variable == top ? nodes_[id].high : id; };
  const ConditionId low = IfThenElse(low_of(condition), low_of(then_id), low_of(else_id));
  const ConditionId high = IfThenElse(high_of(condition), high_of(then_id), high_of(else_id));
  const ConditionId result = Make(top, low, high);
  computed_.emplace(key, result);
  return result;
}

bool Conditions::Holds(ConditionId id, const std::map<std::string, bool>& values) const {
  while (id != kNever && id != kAlways) {
    const auto value = values.find(names_[nodes_[id].variable]);
    APPNET_CHECK(value != values.end(), "a boolean without a value");
    id = value->second ? nodes_[id].high : nodes_[id].low;
  }
  return id == kAlways;
}

Conditions::Product Conditions::Changes(ConditionId id, const std::map<std::string, bool>& values) const {
  APPNET_CHECK(id != kNever, "a condition that never holds");
  constexpr std::size_t kImpossible = ~std::size_t{0};
  const auto value_of = [&](const Node& node) {
    const auto value = values.find(names_[node.variable]);
    APPNET_CHECK(value != values.end(), "a boolean without a value");
    return value->second;
  };
  // A node comes after those below it, so costs are known from below when numbers ascend.
  std::vector<std::size_t> costs(std::size_t{id} + 1, kImpossible);
  costs[kAlways] = 0;
  const auto other = [&](ConditionId child) {
    return costs[child] == kImpossible ? kImpossible : costs[child] + 1;
  };
  for (ConditionId at = kAlways + 1; at <= id; ++at) {
    const Node& node = nodes_[at];
    const bool value = value_of(node);
    costs[at] = std::min(costs[value ? node.high : node.low], other(value ? node.low : node.high));
  }
  Product changes;
  while (id != kAlways) {
    const Node& node = nodes_[id];
    const bool value = value_of(node);
    const bool keep = costs[value ? node.high : node.low] == costs[id];
    if (!keep) changes.emplace_back(names_[node.variable], !value);
    id = keep == value ? node.high : node.low;
  }
  std::sort(changes.begin(), changes.end());
  return changes;
}

std::vector<std::string> Conditions::VariablesOf(ConditionId id) const {
  std::vector<bool> seen(nodes_.size());
  std::vector<bool> used(names_.size());
  std::vector<ConditionId> open{id};
  while (!open.empty()) {
    const ConditionId next = open.back();
    open.pop_back();
    if (next == kNever || next == kAlways || seen[next]) continue;
    seen[next] = true;
    used[nodes_[next].variable] = true;
    open.push_back(nodes_[next].low);
    open.push_back(nodes_[next].high);
  }
  std::vector<std::string> names;
  for (std::size_t variable = 0; variable < names_.size(); ++variable) {
    if (used[variable]) names.push_back(names_[variable]);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace appnet::flow
