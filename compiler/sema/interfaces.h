#pragma once
// Contract: interface patterns, and the partition of interface names that a policy needs.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sema/modules.h"
#include "sema/program.h"

namespace appnet::sema {

// What is wrong with a pattern: the message and what to write instead. None when the kernel can have such a
// name.
struct PatternFault {
  std::string message;
  std::string help;
};
std::optional<PatternFault> FaultOf(std::string_view pattern);

// All good patterns written anywhere in these files or in the question (may be null), sorted, each once.
std::vector<std::string> CollectPatterns(const Modules& modules, const ast::Question* question);

// Merges the classes that no rule, assertion or question tells apart, so that names that nobody uses cost
// nothing.
void DropUnusedPatterns(Program& program);

}  // namespace appnet::sema
