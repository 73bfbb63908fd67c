#pragma once
// Contract: reads the flows.txt of an example: one flow a line, with what must become of it. README.md of
// this folder gives the form. Written apart from the compiler's own parser, so that the two can't share a
// mistake.

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "flow/fields.h"

namespace appnet::test {

struct ExpectedFlow {
  unsigned line = 0;
  bool passes = false;
  std::string domain;
  flow::Direction direction = flow::Direction::kConnect;
  flow::Family family = flow::Family::kIpv4;
  flow::Value service = 0;
  flow::Value peer = 0;
  flow::Value self = 0;
  std::string interface;
  std::string out;                       // forward only
  std::map<std::string, bool> booleans;  // those that differ from the defaults
};

// The flows, or what is wrong with which line.
std::variant<std::vector<ExpectedFlow>, std::string> ReadFlows(std::string_view text);

}  // namespace appnet::test
