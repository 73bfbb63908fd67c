#pragma once
// Contract: the story behind each kind of message, as `appnetc explain` tells it: what is wrong and why it
// matters, a small policy that shows it, how to mend it. The stories are docs/kinds/*.md, which are part of
// the program; a test compiles their examples.

#include <string>
#include <string_view>

#include "diag/kind.h"

namespace appnet::diag {

// The page docs/kinds/SLUG.md as it is; empty when there is none.
std::string_view StoryTextOf(std::string_view slug);

// The page as text for a terminal: without what it says to the tests.
std::string Explain(Kind kind);
// Every kind in one line, in the order of kind.def.
std::string ListKinds();

}  // namespace appnet::diag
