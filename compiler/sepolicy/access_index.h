#pragma once
// Contract: the allow rules of a policy, conditional ones included, ordered so that "who may do this to that"
// is a look at the rules for one target alone. Rules name values (a type's or an attribute's); the types
// behind them come from the TypeIndex at each question. The rules of an earlier module of ours (own_module.h)
// are left out.

#include <cstdint>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "sepolicy/boolean_index.h"
#include "sepolicy/class_index.h"
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
  std::vector<TypeId> SourcesOf(const TypeIndex& types, PermissionBit permission) const;

 private:
  static constexpr std::uint32_t kUnconditional = 0xffffffff;

  struct Rule {
    std::uint16_t object_class;
    TypeValue target;
    TypeValue source;
    bool branch;              // of the condition: true for the rules of `if`, false for those of `else`
    std::uint32_t mask;       // permissions
    std::uint32_t condition;  // a position in at_defaults_, or kUnconditional
  };
  // A rule that grants the permission asked for: how much of an Access it makes up.
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
  void Order(std::size_t types, std::size_t classes);
  // Calls visit(rule) for each rule that grants the permission on the target.
  template <typename Visit>
  void ForEachRuleOn(const TypeIndex& types, TypeId target, PermissionBit permission, Visit visit) const;
  // Sorts the grants.
  Access Sum(std::vector<Grant>& grants) const;

  std::vector<Rule> rules_;                // by class, then target
  std::vector<std::size_t> class_begins_;  // by class value, one more than there are values
  std::vector<bool> at_defaults_;          // by condition, whether its `if` holds
};

}  // namespace appnet::sepolicy
