#pragma once
// Contract: what a shell needs to complete the command line of appnetc, from the table of options.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "driver/command_table.h"

namespace appnet::driver {

// `shell` is bash, zsh or fish.
std::string Completions(std::string_view shell, const std::vector<CommandRow>& table);

}  // namespace appnet::driver
