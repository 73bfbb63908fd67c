#pragma once
// Contract: text to tree. The only room that knows ANTLR; its exceptions and types stay inside. Reports every syntax
// error of the file it can recover from, and gives the statements that were understood.

#include "ast/ast.h"
#include "diag/emitter.h"
#include "source/source_map.h"

namespace appnet::parse {

// Parentheses, `if`s and `not`s nest this deep at most; deeper is a diagnostic, so that no input exhausts the stack.
inline constexpr int kMaxNesting = 200;

ast::File Parse(const source::SourceMap& sources, source::FileId file, diag::Emitter& emitter);

}  // namespace appnet::parse
