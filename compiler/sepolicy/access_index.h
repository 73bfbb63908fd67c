#pragma once
// Contract: the allow and auditallow rules of a policy, conditional ones included, ordered so that "who may
// do this to that" is a look at the rules for one target alone. Rules name values (a type's or an
// attribute's); the types behind them come from the TypeIndex at each question. The rules of an earlier
// module of ours (own_module.h) are left out.

#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flow/condition.h"
#include "sepolicy/boolean_index.h"
#include "sepolicy/class_index.h"
#include "sepolicy/condition_index.h"
#include "sepolicy/database.h"
#include "sepolicy/policy.h"
#include "sepolicy/type_index.h"

namespace appnet::sepolicy {

class AccessIndex {
 public:
  static base::Result<AccessIndex> Build(const policydb_t& policy, const TypeIndex& types,
                                         const BooleanIndex& booleans);

  Access Allowed(const TypeIndex& types, TypeId source, TypeId target, PermissionBit permission) const;
  std::vector<Policy::Holder> Holders(const TypeIndex& types, TypeId target, PermissionBit permission) const;
  // The same with exact conditions. Errors: conditions too large to be followed.
  base::Result<flow::ConditionId> AllowedWhen(const TypeIndex& types, const BooleanIndex& booleans,
                                              TypeId source, TypeId target, PermissionBit permission,
                                              flow::Conditions& conditions) const;
  base::Result<std::vector<Policy::ConditionalHolder>> HoldersWhen(const TypeIndex& types,
                                                                   const BooleanIndex& booleans,
                                                                   TypeId target, PermissionBit permission,
                                                                   flow::Conditions& conditions) const;
  // Likewise, whose access is logged: by auditallow.
  base::Result<std::vector<Policy::ConditionalHolder>> LoggedWhen(const TypeIndex& types,
                                                                  const BooleanIndex& booleans, TypeId target,
                                                                  PermissionBit permission,
                                                                  flow::Conditions& conditions) const;
  base::Result<std::vector<Policy::AllowRule>> RulesFor(const TypeIndex& types, const BooleanIndex& booleans,
                                                        TypeId source, TypeId target,
                                                        PermissionBit permission,
                                                        flow::Conditions& conditions) const;
  std::vector<TypeId> SourcesOf(const TypeIndex& types, PermissionBit permission) const;
  std::vector<TypeId> TargetsOf(const TypeIndex& types, TypeId source, PermissionBit permission) const;

 private:
  static constexpr std::uint32_t kUnconditional = 0xffffffff;

  struct Rule {
    std::uint16_t object_class;
    TypeValue target;
    TypeValue source;
    bool branch;              // of the condition: true for the rules of `if`, false for those of `else`
    std::uint32_t mask;       // permissions
    std::uint32_t condition;  // a position in conditions_, or kUnconditional
  };
  struct Table {
    std::vector<Rule> rules;                // by class, then target
    std::vector<std::size_t> class_begins;  // by class value, one more than there are values

    void Order(std::size_t types, std::size_t classes);
  };
  // A rule that grants the permission asked for: under what.
  struct Grant {
    std::uint32_t condition;
    bool branch;
    friend bool operator<(const Grant& a, const Grant& b) {
      return std::tie(a.condition, a.branch) < std::tie(b.condition, b.branch);
    }
  };

  base::Status Add(const policydb_t& policy, const TypeIndex& types, const avtab_key_t& key,
                   const avtab_datum_t& datum, std::uint32_t condition, bool branch);
  base::Status AddConditions(const policydb_t& policy, const TypeIndex& types, const BooleanIndex& booleans);
  // Calls visit(rule) for each rule of the table with the permission on the target.
  template <typename Visit>
  static void ForEachRuleOn(const Table& table, const TypeIndex& types, TypeId target,
                            PermissionBit permission, Visit visit);
  // The types behind value_of(rule), where that has a value, of the rules for the permission; sorted.
  template <typename ValueOf>
  std::vector<TypeId> TypesIn(const TypeIndex& types, PermissionBit permission, ValueOf value_of) const;
  // The grants of one source, and those of every source that has any (in order), sorted and each once.
  std::vector<Grant> GrantsOf(const TypeIndex& types, TypeId source, TypeId target,
                              PermissionBit permission) const;
  static std::vector<std::pair<TypeId, std::vector<Grant>>> GrantsOn(const Table& table,
                                                                     const TypeIndex& types, TypeId target,
                                                                     PermissionBit permission);
  base::Result<std::vector<Policy::ConditionalHolder>> SourcesWhen(const Table& table, const TypeIndex& types,
                                                                   const BooleanIndex& booleans,
                                                                   TypeId target, PermissionBit permission,
                                                                   flow::Conditions& conditions) const;
  Access Sum(const std::vector<Grant>& grants) const;
  base::Result<flow::ConditionId> SumWhen(const std::vector<Grant>& grants, const BooleanIndex& booleans,
                                          flow::Conditions& conditions) const;

  Table allow_;
  Table audit_;
  ConditionIndex conditions_;
};

}  // namespace appnet::sepolicy
