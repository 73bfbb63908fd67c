#pragma once
// Contract: looks into CIL text without parsing it.

#include <string_view>

namespace appnet::sepolicy {

// Whether the text has a statement of this keyword, outside comments and quoted strings.
bool HasStatement(std::string_view cil, std::string_view keyword);

}  // namespace appnet::sepolicy
