#pragma once
// Contract: where a label comes from, as lines of text for comments in generated files: each rule behind it
// with its file, line and annotations. Printable characters only, no line breaks, so that no source text can
// leave the comment.

#include <string>
#include <vector>

#include "ir/policy.h"

namespace appnet::ir {

// At most `limit` rules; one more line says how many there are besides. The manifest names them all.
std::vector<std::string> OriginLines(const Policy& policy, const Label& label, std::size_t limit = 4);

}  // namespace appnet::ir
