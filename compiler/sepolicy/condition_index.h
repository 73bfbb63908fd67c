#pragma once
// Contract: the conditional expressions of a policy, numbered as they come. Each can be evaluated with the
// booleans at their defaults, and exactly, as a function of the booleans among a caller's flow::Conditions.
// A boolean of an earlier module of ours (own_module.h) counts as its value.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "flow/condition.h"
#include "sepolicy/boolean_index.h"
#include "sepolicy/database.h"

namespace appnet::sepolicy {

class ConditionIndex {
 public:
  using Position = std::uint32_t;

  // Error: the expression, in reverse Polish notation, is malformed.
  base::Result<Position> Add(const cond_expr_t* expression, const BooleanIndex& booleans);

  bool HoldsAtDefaults(Position position) const { return at_defaults_[position]; }
  // Error: more booleans or operators than a policy's author writes, and than could be reasoned with in
  // bounded time.
  base::Result<flow::ConditionId> In(flow::Conditions& conditions, Position position,
                                     const BooleanIndex& booleans) const;

 private:
  struct Step {
    std::uint32_t type;               // libsepol's COND_BOOL, COND_NOT, COND_OR, ...
    bool value;                       // of a boolean: its default
    std::optional<BooleanId> number;  // of a boolean that isn't ours
  };
  std::vector<std::vector<Step>> expressions_;
  std::vector<bool> at_defaults_;
};

}  // namespace appnet::sepolicy
