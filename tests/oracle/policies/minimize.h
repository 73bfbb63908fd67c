#pragma once
// Contract: the smallest policy and conversation, by leaving out lines and packets one at a time, that still
// show a difference.

#include <string>

#include "oracle/compare.h"
#include "policies/compile.h"

namespace appnet::oracle {

// The rules of a compiled policy for one backend, or an error in words.
base::Result<std::unique_ptr<RuleSet>> LoadRules(Backend backend, const Outputs& outputs);

// What Compare says of the text, compiled anew; empty when all is well or the text is refused.
std::string CompareText(Backend backend, const std::string& text, const Conversation& conversation);

struct Failure {
  std::string text;
  Conversation conversation;
};
Failure Minimize(Backend backend, Failure failure);

}  // namespace appnet::oracle
