#pragma once
// Contract: looks into CIL text without parsing it.

#include <string_view>

namespace appnet::sepolicy {

// Whether the text has a statement of this keyword, and where a name is given, of this keyword and name;
// outside comments and quoted strings.
bool HasStatement(std::string_view cil, std::string_view keyword, std::string_view name = {});

}  // namespace appnet::sepolicy
