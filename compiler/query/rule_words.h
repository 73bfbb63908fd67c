#pragma once
// Contract: the parts of a rule as they are written, names and all: `squid`, `proxy`, `lan`. Of a rule that a
// template brought, whose words are the template's parameters, the parts are said in values.

#include <string>

#include "sema/program.h"

namespace appnet::query {

struct RuleWords {
  std::string services;
  std::string from = "any";  // of a host; for connect without meaning
  std::string to = "any";    // likewise; for accept without meaning
  std::string at;            // empty: any
  std::string via;           // empty: any; for forward `IN -> OUT`
};

RuleWords WordsOf(const sema::Rule& rule, const flow::InterfaceClasses& interfaces);

}  // namespace appnet::query
