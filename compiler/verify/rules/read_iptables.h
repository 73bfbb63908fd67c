#pragma once
// Contract: an iptables-restore or ip6tables-restore text as a Ruleset. Takes two tables, mangle and
// security, with chains named appnet-* and one jump from each built-in chain, and only options whose meaning
// is known here; anything else is refused with its line. Any bytes may come in.

#include <string_view>
#include <variant>

#include "verify/rules/ruleset.h"

namespace appnet::verify::rules {

std::variant<Ruleset, Refusal> ReadIptables(std::string_view text, Family family);

}  // namespace appnet::verify::rules
