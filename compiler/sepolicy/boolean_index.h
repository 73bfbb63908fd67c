#pragma once
// Contract: the booleans of a policy, numbered in the order of their names, and the truth of conditional
// expressions with the booleans at their defaults. Those of an earlier module of ours (own_module.h) are left
// out, but for their values in expressions.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sepolicy/database.h"
#include "sepolicy/policy.h"
#include "sepolicy/type_index.h"

namespace appnet::sepolicy {

class BooleanIndex {
 public:
  static base::Result<BooleanIndex> Build(const policydb_t& policy, const TypeIndex& types);

  std::size_t size() const { return booleans_.size(); }
  const std::string& Name(BooleanId boolean) const { return booleans_[boolean].name; }
  bool Default(BooleanId boolean) const { return booleans_[boolean].state; }
  std::optional<BooleanId> Find(std::string_view name) const;

  // The truth of an expression in reverse Polish notation; none when it is malformed.
  std::optional<bool> EvaluateAtDefaults(const cond_expr_t* expression) const;

 private:
  struct Boolean {
    std::string name;
    bool state;
    std::uint32_t value;
  };
  std::vector<Boolean> booleans_;                    // sorted by name
  std::vector<std::optional<bool>> state_of_value_;  // by value - 1
};

}  // namespace appnet::sepolicy
