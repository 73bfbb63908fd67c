#pragma once
// Contract: a sentence of `appnetc query` as it was written.

#include <optional>

#include "ast/ast.h"

namespace appnet::ast {

struct Question {
  enum class Kind {
    kWho,   // `who can connect tcp/443 to 10.0.0.1`: rule
    kCan,   // `mozilla_t can connect squid to proxy`: domains and rule
    kWhat,  // `what can mozilla_t connect`: domains and direction
  };
  Kind kind = Kind::kWho;
  std::optional<Set> domains;
  std::optional<Rule> rule;
  RuleKind direction = RuleKind::kConnect;  // the rule's, where there is one
  Span span;
};

}  // namespace appnet::ast
