#pragma once
// Contract: an ast::File as appnet text in one plain layout, without comments (files are laid out by the room
// `format`). Parsing the text gives the same tree again, spans aside. Parentheses of conditions stand where
// they are needed only; those of sets are kept.

#include <string>

#include "ast/ast.h"

namespace appnet::ast {

std::string Print(const File& file);
std::string Print(const Rule& rule);  // one line, without annotations and semicolon
std::string Print(const Set& set);
std::string Print(const Condition& condition);

}  // namespace appnet::ast
