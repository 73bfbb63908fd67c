#pragma once
// Contract: where a label comes from, as lines of text for comments in generated files: each rule behind it
// with its file, line and annotations. Printable characters only, no line breaks, so that no source text can
// leave the comment.

#include <string>
#include <vector>

#include "ir/policy.h"

namespace appnet::ir {

// The first rules, and one more line that says how many there are besides. A policy of many labels shows one
// rule of each: loaders read comments as well, and the manifest names all rules.
std::vector<std::string> OriginLines(const Policy& policy, const Label& label);

}  // namespace appnet::ir
