#pragma once
// Contract: the flows that a rule matches, as a box of the flow space in its canonical form: a family is in
// all of its fields or in none.

#include <optional>
#include <vector>

#include "sema/sets.h"

namespace appnet::sema {

flow::Direction DirectionOf(ast::RuleKind kind);

// No value when a part of the rule is wrong or unknown; a rule that matches nothing is reported. `used_at`:
// the uses of templates that brought the rule, innermost first.
std::optional<flow::Region> RegionOf(const ast::Rule& rule, const Place& place,
                                     const std::vector<source::Span>& used_at, const Sets& sets,
                                     const flow::InterfaceClasses& classes, diag::Emitter& emitter);

}  // namespace appnet::sema
