#pragma once
// Contract: the text of a condition, as Conditions::Text writes it, back to its id: "always", "never",
// booleans with `not`, `and`, `or` (in that order of strength) and parentheses. The text may come from
// anywhere: no value for what is no condition, or nests deeper than any. Who reads from outside sets
// Conditions::Limit first.

#include <optional>
#include <string_view>

#include "flow/condition.h"

namespace appnet::flow {

std::optional<ConditionId> ReadCondition(std::string_view text, Conditions& conditions);

}  // namespace appnet::flow
