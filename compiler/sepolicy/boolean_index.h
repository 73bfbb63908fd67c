#pragma once
// Contract: the booleans of a policy, numbered in the order of their names. Those of an earlier module of
// ours (own_module.h) have a default, for the expressions that use them, but no number.

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

  // By libsepol's value, which begins at 1; none where no boolean has it.
  std::optional<bool> DefaultOfValue(std::uint32_t value) const;
  std::optional<BooleanId> NumberOfValue(std::uint32_t value) const;

 private:
  struct Boolean {
    std::string name;
    bool state;
    std::uint32_t value;
  };
  std::vector<Boolean> booleans_;                          // sorted by name
  std::vector<std::optional<bool>> default_of_value_;      // by value - 1
  std::vector<std::optional<BooleanId>> number_of_value_;  // by value - 1
};

}  // namespace appnet::sepolicy
