#pragma once
// Contract: one rule's words as a Rule. Throws ParseError, which never leaves Load.

#include <stdexcept>
#include <string>
#include <vector>

#include "oracle/iptables_rules.h"

namespace appnet::oracle::iptables {

struct ParseError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The words of a line; double quotes group, a backslash in them escapes.
std::vector<std::string> Words(std::string_view line);
Rule ParseRule(const std::vector<std::string>& words, base::Family family);

}  // namespace appnet::oracle::iptables
