#pragma once
// Contract: words that the summary and the report share.

#include <string>
#include <string_view>

#include "ir/policy.h"
#include "sema/program.h"

namespace appnet::driver {

std::string Plural(std::size_t count, std::string_view noun);  // "1 rule", "2 rules"
// "mozilla_t if direct, logged"
std::string GrantText(const ir::Grant& grant, const flow::Conditions& conditions);
std::string_view ModeName(sema::UnmatchedMode mode);

}  // namespace appnet::driver
