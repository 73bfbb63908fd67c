#pragma once
// Contract: the base policy of a golden case: the reference policy, alone or with CIL linked into it, a
// policy of the machine, or one made of CIL.

#include <optional>
#include <string>

#include "base/result.h"
#include "sepolicy/policy.h"

namespace appnet::golden {

struct BasePolicy {
  std::string name = "reference";  // or default, mls: of the machine
  std::string linked;              // CIL on top of the reference policy
  std::string whole;               // CIL instead of it
};

// No value when the machine has no such policy.
base::Result<std::optional<sepolicy::Policy>> ReadBasePolicy(const BasePolicy& wanted);

}  // namespace appnet::golden
