#pragma once
// Contract: ANTLR's parse tree to ours. Statements that hold a syntax error are left out. Recursion is
// bounded by CheckNesting. Not for other rooms.

#include <AppnetParser.h>

#include <optional>
#include <string_view>

#include "ast/ast.h"
#include "parse/parse.h"

namespace appnet::parse {

inline constexpr std::string_view kQuestionForms =
    "ask `who can RULE`, `DOMAINS can RULE` or `what can DOMAINS connect`";

ast::File BuildFile(const source::SourceMap& sources, source::FileId file,
                    generated::AppnetParser::FileContext& tree, diag::Emitter& emitter);

std::optional<ast::Question> BuildQuestion(const source::SourceMap& sources, source::FileId file,
                                           generated::AppnetParser::QuestionContext& tree,
                                           diag::Emitter& emitter);

}  // namespace appnet::parse
