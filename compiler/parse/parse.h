#pragma once
// Contract: text to tree. The only room that knows ANTLR; its exceptions and types stay inside. Reports every
// syntax error of the file it can recover from, and gives the statements that were understood.

#include <optional>

#include "ast/ast.h"
#include "ast/question.h"
#include "diag/emitter.h"
#include "source/source_map.h"

namespace appnet::parse {

// Parentheses, blocks, `not`s and links of an `else if` chain nest this deep at most; deeper is a diagnostic,
// so that no input exhausts the stack.
inline constexpr int kMaxNesting = 200;
// After this many errors the rest of a file is not read.
inline constexpr int kMaxSyntaxErrors = 20;

ast::File Parse(const source::SourceMap& sources, source::FileId file, diag::Emitter& emitter);

// A sentence of `appnetc query`. No value after an error, which is reported. A final `;` does no harm.
std::optional<ast::Question> ParseQuestion(const source::SourceMap& sources, source::FileId file,
                                           diag::Emitter& emitter);

}  // namespace appnet::parse
