#pragma once
// Contract: what the compiler's front half understands of a policy's text, against any base policy. No value
// where it refuses the text.

#include <optional>
#include <string>

#include "sema/program.h"
#include "sepolicy/policy.h"

namespace appnet::oracle {

std::optional<sema::Program> Understand(const std::string& path, const std::string& text,
                                        const sepolicy::Policy& base);

}  // namespace appnet::oracle
