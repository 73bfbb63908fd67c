#include "diag/suggest.h"

#include <algorithm>
#include <cstddef>

namespace appnet::diag {
namespace {

// Nobody means a name this long, and the table would grow with its square.
constexpr std::size_t kLongestName = 256;

// Rows of the table, kept between candidates: a policy has thousands of names.
struct Rows {
  std::vector<std::size_t> before, above, row;
};

// Insertions, deletions, changes and swaps of neighbours that turn `a` into `b`; anything above `allowed`
// where it is more than that.
std::size_t Distance(std::string_view a, std::string_view b, std::size_t allowed, Rows& rows) {
  auto& [before, above, row] = rows;
  for (std::vector<std::size_t>* each : {&before, &above, &row}) each->resize(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  std::size_t least_above = 0;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    std::size_t least = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    // A row comes from the two above it and is never below their least.
    if (least > allowed && least_above > allowed) return allowed + 1;
    least_above = least;
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
  Rows rows;
  bool same_start = false;  // few people misspell the first letter
  for (const std::string_view candidate : candidates) {
    const std::size_t longer = std::max(name.size(), candidate.size());
    if (longer - std::min(name.size(), candidate.size()) > allowed) continue;
    const std::size_t distance = Distance(name, candidate, allowed, rows);
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
