#pragma once
// Contract: the words of an iptables-restore line and the numbers in them. Throws ParseError.

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace appnet::oracle::iptables {

struct ParseError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The words of a line; double quotes group, a backslash in them escapes.
std::vector<std::string> Words(std::string_view line);
unsigned long Number(const std::string& text, unsigned long most);  // decimal, or hexadecimal after 0x
std::vector<std::string> Split(const std::string& text, char separator);
// The bits of "A,B".
unsigned Bits(const std::string& text, const std::map<std::string, unsigned>& names);

}  // namespace appnet::oracle::iptables
