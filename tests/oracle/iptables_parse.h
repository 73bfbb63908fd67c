#pragma once
// Contract: one rule's words as a Rule. Throws ParseError, which never leaves Load.

#include <string>
#include <vector>

#include "oracle/iptables_rules.h"

namespace appnet::oracle::iptables {

Rule ParseRule(const std::vector<std::string>& words, base::Family family);

}  // namespace appnet::oracle::iptables
