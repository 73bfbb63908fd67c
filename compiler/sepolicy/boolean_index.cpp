#include "sepolicy/boolean_index.h"

#include <algorithm>
#include <set>

namespace appnet::sepolicy {
namespace {

// The value of the boolean that this conditional marks as ours.
std::optional<std::uint32_t> OwnBoolean(const cond_node_t& node, const TypeIndex& types) {
  const cond_expr_t* expression = node.expr;
  if (expression == nullptr || expression->next != nullptr || expression->expr_type != COND_BOOL)
    return std::nullopt;
  for (const cond_av_list_t* rule = node.true_list; rule != nullptr; rule = rule->next) {
    if (rule->node == nullptr || (rule->node->key.specified & AVTAB_AUDITALLOW) == 0) continue;
    if (types.IsOwn(rule->node->key.source_type) && types.IsOwn(rule->node->key.target_type))
      return expression->boolean;
  }
  return std::nullopt;
}

}  // namespace

base::Result<BooleanIndex> BooleanIndex::Build(const policydb_t& policy, const TypeIndex& types) {
  std::set<std::uint32_t> own;
  for (const cond_node_t* node = policy.cond_list; node != nullptr; node = node->next) {
    if (const auto value = OwnBoolean(*node, types)) own.insert(*value);
  }
  BooleanIndex index;
  index.default_of_value_.resize(policy.p_bools.nprim);
  bool in_range = true;
  ForEachSymbol<cond_bool_datum_t>(policy.p_bools, [&](const char* name, const cond_bool_datum_t& datum) {
    if (!IsValue(datum.s.value, policy.p_bools)) {
      in_range = false;
      return;
    }
    if (!own.contains(datum.s.value)) index.booleans_.push_back({name, datum.state != 0, datum.s.value});
    index.default_of_value_[datum.s.value - 1] = datum.state != 0;
  });
  if (!in_range) return DamagedPolicy("a boolean has a number out of range");
  std::sort(index.booleans_.begin(), index.booleans_.end(),
            [](const Boolean& a, const Boolean& b) { return a.name < b.name; });
  index.number_of_value_.resize(policy.p_bools.nprim);
  for (BooleanId number = 0; number < index.booleans_.size(); ++number)
    index.number_of_value_[index.booleans_[number].value - 1] = number;
  return index;
}

std::optional<BooleanId> BooleanIndex::Find(std::string_view name) const {
  const auto found =
      std::lower_bound(booleans_.begin(), booleans_.end(), name,
                       [](const Boolean& boolean, std::string_view key) { return boolean.name < key; });
  if (found == booleans_.end() || found->name != name) return std::nullopt;
  return static_cast<BooleanId>(found - booleans_.begin());
}

std::optional<bool> BooleanIndex::DefaultOfValue(std::uint32_t value) const {
  return value >= 1 && value <= default_of_value_.size() ? default_of_value_[value - 1] : std::nullopt;
}

std::optional<BooleanId> BooleanIndex::NumberOfValue(std::uint32_t value) const {
  return value >= 1 && value <= number_of_value_.size() ? number_of_value_[value - 1] : std::nullopt;
}

}  // namespace appnet::sepolicy
