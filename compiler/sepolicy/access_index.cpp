#include "sepolicy/access_index.h"

#include <algorithm>
#include <utility>

namespace appnet::sepolicy {
namespace {

// What the conditions of one access may add to the caller's. They are disjunctions of few small functions;
// only a policy made for it has more, as their number is exponential in the worst order.
constexpr std::size_t kMostNewNodes = std::size_t{1} << 16U;

// Sorts by a key of at most `highest`, keeping the order of equals. Returns where each key begins, and one
// end more. Counting takes a third of the time of std::sort here, and reading a policy should take no longer
// than need be.
template <typename Element, typename Key>
std::vector<std::size_t> SortByKey(std::vector<Element>& elements, std::size_t highest, Key key) {
  std::vector<std::size_t> begins(highest + 2, 0);
  for (const Element& element : elements) ++begins[key(element) + 1];
  for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  std::vector<std::size_t> next = begins;
  std::vector<Element> sorted(elements.size());
  for (const Element& element : elements) sorted[next[key(element)]++] = element;
  elements = std::move(sorted);
  return begins;
}

}  // namespace

base::Result<AccessIndex> AccessIndex::Build(const policydb_t& policy, const TypeIndex& types,
                                             const BooleanIndex& booleans) {
  AccessIndex index;
  index.allow_.rules.reserve(std::size_t{policy.te_avtab.nel} + policy.te_cond_avtab.nel);
  const avtab_t& table = policy.te_avtab;
  for (std::uint32_t slot = 0; table.htable != nullptr && slot < table.nslot; ++slot) {
    for (const avtab_node* node = table.htable[slot]; node != nullptr; node = node->next) {
      const base::Status added = index.Add(policy, types, node->key, node->datum, kUnconditional, true);
      if (!added) return added.error();
    }
  }
  if (const base::Status added = index.AddConditions(policy, types, booleans); !added) return added.error();
  index.allow_.Order(policy.p_types.nprim, policy.p_classes.nprim);
  index.audit_.Order(policy.p_types.nprim, policy.p_classes.nprim);
  return index;
}

base::Status AccessIndex::AddConditions(const policydb_t& policy, const TypeIndex& types,
                                        const BooleanIndex& booleans) {
  for (const cond_node_t* node = policy.cond_list; node != nullptr; node = node->next) {
    const base::Result<ConditionIndex::Position> condition = conditions_.Add(node->expr, booleans);
    if (!condition) return condition.error();
    for (const bool branch : {true, false}) {
      for (const cond_av_list_t* rule = branch ? node->true_list : node->false_list; rule != nullptr;
           rule = rule->next) {
        if (rule->node == nullptr) return DamagedPolicy("a condition lacks a rule");
        base::Status added =
            Add(policy, types, rule->node->key, rule->node->datum, condition.value(), branch);
        if (!added) return added;
      }
    }
  }
  return base::Done{};
}

base::Status AccessIndex::Add(const policydb_t& policy, const TypeIndex& types, const avtab_key_t& key,
                              const avtab_datum_t& datum, std::uint32_t condition, bool branch) {
  if ((key.specified & (AVTAB_ALLOWED | AVTAB_AUDITALLOW)) == 0) return base::Done{};
  if (!IsValue(key.source_type, policy.p_types) || !IsValue(key.target_type, policy.p_types) ||
      !IsValue(key.target_class, policy.p_classes)) {
    return DamagedPolicy("a rule names a type or a class that doesn't exist");
  }
  if (types.IsOwn(key.source_type) || types.IsOwn(key.target_type)) return base::Done{};
  Table& table = (key.specified & AVTAB_ALLOWED) != 0 ? allow_ : audit_;
  table.rules.push_back({key.target_class, key.target_type, key.source_type, branch, datum.data, condition});
  return base::Done{};
}

void AccessIndex::Table::Order(std::size_t types, std::size_t classes) {
  SortByKey(rules, types, [](const Rule& rule) { return rule.target; });
  class_begins = SortByKey(rules, classes, [](const Rule& rule) { return rule.object_class; });
}

template <typename Visit>
void AccessIndex::ForEachRuleOn(const Table& table, const TypeIndex& types, TypeId target,
                                PermissionBit permission, Visit visit) {
  if (permission.mask == 0) return;
  const auto at = [&](std::size_t object_class) {
    return table.rules.begin() + static_cast<std::ptrdiff_t>(table.class_begins[object_class]);
  };
  const auto begin = at(permission.object_class);
  const auto end = at(std::size_t{permission.object_class} + 1);
  for (const TypeValue value : types.ValuesOf(target)) {
    const auto first = std::lower_bound(begin, end, value,
                                        [](const Rule& rule, TypeValue key) { return rule.target < key; });
    for (auto rule = first; rule != end && rule->target == value; ++rule) {
      if ((rule->mask & permission.mask) != 0) visit(*rule);
    }
  }
}

std::vector<AccessIndex::Grant> AccessIndex::GrantsOf(const TypeIndex& types, TypeId source, TypeId target,
                                                      PermissionBit permission) const {
  const std::vector<TypeValue>& values = types.ValuesOf(source);
  std::vector<Grant> grants;
  ForEachRuleOn(allow_, types, target, permission, [&](const Rule& rule) {
    if (std::binary_search(values.begin(), values.end(), rule.source))
      grants.push_back({rule.condition, rule.branch});
  });
  std::sort(grants.begin(), grants.end());
  return grants;
}

std::vector<std::pair<TypeId, std::vector<AccessIndex::Grant>>> AccessIndex::GrantsOn(
    const Table& table, const TypeIndex& types, TypeId target, PermissionBit permission) {
  std::vector<bool> unconditional(types.types().size(), false);
  std::vector<std::pair<TypeId, Grant>> conditional;
  ForEachRuleOn(table, types, target, permission, [&](const Rule& rule) {
    for (const TypeId source : types.TypesOfValue(rule.source)) {
      if (rule.condition == kUnconditional) {
        unconditional[source] = true;
      } else {
        conditional.push_back({source, {rule.condition, rule.branch}});
      }
    }
  });
  std::sort(conditional.begin(), conditional.end());
  std::vector<std::pair<TypeId, std::vector<Grant>>> sources;
  auto next = conditional.begin();
  for (TypeId source = 0; source < unconditional.size(); ++source) {
    std::vector<Grant> grants;
    for (; next != conditional.end() && next->first == source; ++next) grants.push_back(next->second);
    if (unconditional[source]) grants.push_back({kUnconditional, true});
    if (!grants.empty()) sources.emplace_back(source, std::move(grants));
  }
  return sources;
}

Access AccessIndex::Sum(const std::vector<Grant>& grants) const {
  Access access;
  access.ever = !grants.empty();
  for (std::size_t i = 0; i < grants.size(); ++i) {
    const Grant& grant = grants[i];
    if (grant.condition == kUnconditional) {
      access.always = true;
    } else {
      access.at_defaults = access.at_defaults || conditions_.HoldsAtDefaults(grant.condition) == grant.branch;
      const bool other_branch_too =
          i > 0 && grants[i - 1].condition == grant.condition && grants[i - 1].branch != grant.branch;
      access.always = access.always || other_branch_too;
    }
  }
  access.at_defaults = access.at_defaults || access.always;
  return access;
}

base::Result<flow::ConditionId> AccessIndex::SumWhen(const std::vector<Grant>& grants,
                                                     const BooleanIndex& booleans,
                                                     flow::Conditions& conditions) const {
  if (!grants.empty() && grants.back().condition == kUnconditional) return flow::kAlways;
  const std::size_t most_nodes = conditions.size() + kMostNewNodes;
  flow::ConditionId when = flow::kNever;
  for (const Grant& grant : grants) {
    const base::Result<flow::ConditionId> holds = conditions_.In(conditions, grant.condition, booleans);
    if (!holds) return holds.error();
    when = conditions.Or(when, grant.branch ? holds.value() : conditions.Not(holds.value()));
    if (conditions.size() > most_nodes)
      return base::Error{"the conditions of one access are too many to be followed together"};
  }
  return when;
}

Access AccessIndex::Allowed(const TypeIndex& types, TypeId source, TypeId target,
                            PermissionBit permission) const {
  return Sum(GrantsOf(types, source, target, permission));
}

std::vector<Policy::Holder> AccessIndex::Holders(const TypeIndex& types, TypeId target,
                                                 PermissionBit permission) const {
  std::vector<Policy::Holder> holders;
  for (const auto& [source, grants] : GrantsOn(allow_, types, target, permission))
    holders.push_back({source, Sum(grants)});
  return holders;
}

base::Result<flow::ConditionId> AccessIndex::AllowedWhen(const TypeIndex& types, const BooleanIndex& booleans,
                                                         TypeId source, TypeId target,
                                                         PermissionBit permission,
                                                         flow::Conditions& conditions) const {
  return SumWhen(GrantsOf(types, source, target, permission), booleans, conditions);
}

base::Result<std::vector<Policy::ConditionalHolder>> AccessIndex::HoldersWhen(
    const TypeIndex& types, const BooleanIndex& booleans, TypeId target, PermissionBit permission,
    flow::Conditions& conditions) const {
  return SourcesWhen(allow_, types, booleans, target, permission, conditions);
}

base::Result<std::vector<Policy::ConditionalHolder>> AccessIndex::LoggedWhen(
    const TypeIndex& types, const BooleanIndex& booleans, TypeId target, PermissionBit permission,
    flow::Conditions& conditions) const {
  return SourcesWhen(audit_, types, booleans, target, permission, conditions);
}

base::Result<std::vector<Policy::ConditionalHolder>> AccessIndex::SourcesWhen(
    const Table& table, const TypeIndex& types, const BooleanIndex& booleans, TypeId target,
    PermissionBit permission, flow::Conditions& conditions) const {
  std::vector<Policy::ConditionalHolder> holders;
  for (const auto& [source, grants] : GrantsOn(table, types, target, permission)) {
    const base::Result<flow::ConditionId> when = SumWhen(grants, booleans, conditions);
    if (!when) return when.error();
    if (when.value() != flow::kNever) holders.push_back({source, when.value()});
  }
  return holders;
}

base::Result<std::vector<Policy::AllowRule>> AccessIndex::RulesFor(const TypeIndex& types,
                                                                   const BooleanIndex& booleans,
                                                                   TypeId source, TypeId target,
                                                                   PermissionBit permission,
                                                                   flow::Conditions& conditions) const {
  const std::vector<TypeValue>& values = types.ValuesOf(source);
  std::vector<const Rule*> granting;
  ForEachRuleOn(allow_, types, target, permission, [&](const Rule& rule) {
    if (std::binary_search(values.begin(), values.end(), rule.source)) granting.push_back(&rule);
  });
  // An attribute may lack a name; its rule is then told by the type that it was asked for.
  const auto name_of = [&](TypeValue value, TypeId type) {
    const std::string_view name = types.NameOfValue(value);
    return name.empty() ? types.types()[type] : std::string(name);
  };
  std::vector<Policy::AllowRule> rules;
  for (const Rule* rule : granting) {
    const base::Result<flow::ConditionId> when =
        SumWhen({{rule->condition, rule->branch}}, booleans, conditions);
    if (!when) return when.error();
    rules.push_back({name_of(rule->source, source), name_of(rule->target, target), when.value()});
  }
  std::sort(rules.begin(), rules.end(), [](const Policy::AllowRule& a, const Policy::AllowRule& b) {
    return std::tie(a.source, a.target, a.when) < std::tie(b.source, b.target, b.when);
  });
  return rules;
}

template <typename ValueOf>
std::vector<TypeId> AccessIndex::TypesIn(const TypeIndex& types, PermissionBit permission,
                                         ValueOf value_of) const {
  std::vector<TypeId> found;
  if (permission.mask == 0) return found;
  std::vector<bool> seen(types.types().size(), false);
  const std::size_t end = allow_.class_begins[permission.object_class + 1];
  for (std::size_t i = allow_.class_begins[permission.object_class]; i < end; ++i) {
    if ((allow_.rules[i].mask & permission.mask) == 0) continue;
    const std::optional<TypeValue> value = value_of(allow_.rules[i]);
    if (!value) continue;
    for (const TypeId type : types.TypesOfValue(*value)) seen[type] = true;
  }
  for (TypeId type = 0; type < seen.size(); ++type) {
    if (seen[type]) found.push_back(type);
  }
  return found;
}

std::vector<TypeId> AccessIndex::SourcesOf(const TypeIndex& types, PermissionBit permission) const {
  return TypesIn(types, permission, [](const Rule& rule) { return std::optional(rule.source); });
}

std::vector<TypeId> AccessIndex::TargetsOf(const TypeIndex& types, TypeId source,
                                           PermissionBit permission) const {
  const std::vector<TypeValue>& values = types.ValuesOf(source);
  return TypesIn(types, permission, [&](const Rule& rule) {
    const bool its = std::binary_search(values.begin(), values.end(), rule.source);
    return its ? std::optional(rule.target) : std::nullopt;
  });
}

}  // namespace appnet::sepolicy
