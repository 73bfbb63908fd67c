#pragma once
// Contract: manual pages in roff's man macros, from the table of options: appnetc(1), and one of each
// command.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/command_table.h"

namespace appnet::driver {

// "appnetc", "appnetc-build", …
std::vector<std::string> ManPageNames(const std::vector<CommandRow>& table);
std::optional<std::string> ManPage(std::string_view name, const std::vector<CommandRow>& table);

}  // namespace appnet::driver
