#pragma once
// Contract: compiles an example as the driver does, up to ir::Policy, and tells what was wrong in words fit
// for a test.

#include <string>
#include <variant>

#include "ir/policy.h"
#include "sepolicy/policy.h"

namespace appnet::test {

std::variant<ir::Policy, std::string> CompileExample(const std::string& path, const sepolicy::Policy& base);

}  // namespace appnet::test
