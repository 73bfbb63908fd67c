#pragma once
// Contract: an ast::File as appnet text in one canonical layout, without comments. Parsing the text gives the same tree
// again, spans aside.

#include <string>

#include "ast/ast.h"

namespace appnet::ast {

std::string Print(const File& file);
std::string Print(const Rule& rule);  // one line, without annotations and semicolon
std::string Print(const Set& set);

}  // namespace appnet::ast
