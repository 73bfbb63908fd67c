#pragma once
// Contract: CIL text as a forest of lists of words, with the line of each. Knows comments and parentheses,
// and no statement. Text that is no such forest (a quote, a control character, an open or a superfluous
// parenthesis, a word outside every list, absurd nesting) is an error that names the line. Refers to the
// text.

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace appnet::verify {

struct CilTree {
  std::string_view word;  // empty for a list
  std::span<const CilTree> children;
  unsigned line = 0;

  bool IsWord() const { return !word.empty(); }
  // The first word of a list; empty when there is none.
  std::string_view Head() const { return children.empty() ? std::string_view() : children[0].word; }
};

// Owns the trees. A module has hundreds of thousands of lists, so that they share blocks.
struct CilForest {
  std::vector<CilTree> statements;
  std::deque<std::vector<CilTree>> blocks;  // a deque keeps references; a block never grows
};

base::Result<CilForest> ReadCilStatements(std::string_view text);

}  // namespace appnet::verify
