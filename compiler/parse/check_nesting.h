#pragma once
// Contract: whether the tokens nest at most kMaxNesting deep, so that parser, tree, printer and destructors,
// which all recurse, can't exhaust the stack. Blocks, parentheses, `not`s and links of an `else if` chain
// count alike. The first token too deep is reported. Never says less than the parser will recurse, whatever
// is unbalanced. Not for other rooms.

#include <antlr4-runtime.h>

#include "diag/emitter.h"
#include "source/source_map.h"

namespace appnet::parse {

bool CheckNesting(const std::vector<antlr4::Token*>& tokens, source::FileId file, diag::Emitter& emitter);

}  // namespace appnet::parse
