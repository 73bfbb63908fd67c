#pragma once
// Contract: what the grammar wanted where the parser stopped, as a noun phrase, and what advice helps there.
// Looks at the tokens before, since they tell a host set from a service set. Not for other rooms.

#include <antlr4-runtime.h>

#include <optional>
#include <string>

#include "parse/complaint.h"

namespace appnet::parse {

// "a host set", "a name", "`can` or `cannot`".
std::string WhatIsDue(const Obstacle& obstacle);
std::optional<std::string> AdviceOn(const Obstacle& obstacle);

// Whether a declaration's name follows this word.
bool DeclaresName(const antlr4::Token& word);
// Whether the obstacle is at the end of a rule, rather than of another statement.
bool IsRule(const Obstacle& obstacle);
// Whether a member of a set ends just before it.
bool EndsItem(const Obstacle& obstacle);

}  // namespace appnet::parse
