#include "diag/suggest.h"

#include <algorithm>
#include <cstddef>

namespace appnet::diag {
namespace {

// Nobody means a name this long, and the table would grow with its square.
constexpr std::size_t kLongestName = 256;

// Insertions, deletions, changes and swaps of neighbours that turn `a` into `b`.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

std::optional<std::string> Nearest(std::string_view name, const std::vector<std::string_view>& candidates) {
  if (name.size() > kLongestName) return std::nullopt;
  std::size_t allowed = name.size() / 3;
  std::optional<std::string> nearest;
  bool same_start = false;  // few people misspell the first letter
  for (const std::string_view candidate : candidates) {
    const std::size_t longer = std::max(name.size(), candidate.size());
    if (longer - std::min(name.size(), candidate.size()) > allowed) continue;
    const std::size_t distance = Distance(name, candidate);
    if (distance > allowed) continue;
    const bool starts_so = candidate.substr(0, 1) == name.substr(0, 1);
    const bool tie = nearest && distance == allowed;
    if (tie && (same_start || !starts_so)) continue;
    nearest = std::string(candidate);
    same_start = starts_so;
    if (distance == 0) break;
    allowed = distance;
  }
  return nearest;
}

}  // namespace appnet::diag
