#pragma once
// Contract: whether two trees say the same, spans aside. For the test that parsing what was printed is the
// identity.

#include "ast/ast.h"

namespace appnet::ast {

bool Equal(const File& a, const File& b);

}  // namespace appnet::ast
