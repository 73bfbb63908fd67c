#pragma once
// Contract: an nft text as a Ruleset. Takes the one form of file that replaces the table `inet appnet`, and
// only words whose meaning is known here; anything else is refused with its line. Any bytes may come in.

#include <string_view>
#include <variant>

#include "verify/rules/ruleset.h"

namespace appnet::verify::rules {

std::variant<Ruleset, Refusal> ReadNftables(std::string_view text);

}  // namespace appnet::verify::rules
