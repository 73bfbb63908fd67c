#pragma once
// Contract: the expression of an `if`, within the conditions around it.

#include <set>
#include <string>

#include "flow/condition.h"
#include "sema/names.h"

namespace appnet::sema {

// The binary policy's conditional expressions hold so many booleans at most in what libsepol accepts.
inline constexpr std::size_t kMaxBooleans = 10;

// What must hold for the rules at some place.
struct Guard {
  flow::ConditionId condition = flow::kAlways;
  std::set<std::string> booleans;  // all that are written in it
  bool too_many = false;           // and that was reported
};

struct Branches {
  Guard then_guard;
  Guard else_guard;
};

// Unknown booleans are reported; the branches then stand under the outer condition alone.
Branches Branch(const Guard& outer, const ast::Condition& condition, ModuleId from, const Names& names,
                flow::Conditions& conditions, const Inputs& inputs);

}  // namespace appnet::sema
