#pragma once
// Contract: the candidate nearest to a misspelt name by edit distance (with transpositions), or none when
// nothing is near enough to be worth saying (more than a third of the length away). Ties go to the first in
// the order given that begins with the same letter, else to the first.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace appnet::diag {

std::optional<std::string> Nearest(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace appnet::diag
