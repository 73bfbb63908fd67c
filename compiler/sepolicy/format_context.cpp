#include <fmt/format.h>

#include <utility>
#include <vector>

#include "sepolicy/bits.h"
#include "sepolicy/context_index.h"

namespace appnet::sepolicy {
namespace {

// Runs of categories in the kernel's form: "c1", "c1,c2" for two in a row, "c1.c3" for more.
std::optional<std::string> FormatCategories(const policydb_t& policy, const ebitmap_t& categories) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> runs;
  ForEachBit(categories, [&](std::uint64_t bit) {
    if (!runs.empty() && runs.back().second + 1 == bit) {
      runs.back().second = bit;
    } else {
      runs.emplace_back(bit, bit);
    }
  });
  std::string text;
  for (const auto& [first, last] : runs) {
    if (last >= policy.p_cats.nprim) return std::nullopt;
    const char* first_name = NameOf(policy, SYM_CATS, static_cast<std::uint32_t>(first + 1));
    const char* last_name = NameOf(policy, SYM_CATS, static_cast<std::uint32_t>(last + 1));
    if (first_name == nullptr || last_name == nullptr) return std::nullopt;
    text += fmt::format("{}{}", text.empty() ? ':' : ',', first_name);
    if (last != first) text += fmt::format("{}{}", last - first == 1 ? ',' : '.', last_name);
  }
  return text;
}

std::optional<std::string> FormatLevel(const policydb_t& policy, const mls_level_t& level) {
  const char* sensitivity = NameOf(policy, SYM_LEVELS, level.sens);
  std::optional<std::string> categories = FormatCategories(policy, level.cat);
  if (sensitivity == nullptr || !categories) return std::nullopt;
  return sensitivity + *categories;
}

}  // namespace

std::optional<std::string> FormatContext(const policydb_t& policy, const context_struct_t& context) {
  const char* user = NameOf(policy, SYM_USERS, context.user);
  const char* role = NameOf(policy, SYM_ROLES, context.role);
  const char* type = NameOf(policy, SYM_TYPES, context.type);
  if (user == nullptr || role == nullptr || type == nullptr) return std::nullopt;
  std::string text = fmt::format("{}:{}:{}", user, role, type);
  if (policy.mls == 0) return text;
  const std::optional<std::string> low = FormatLevel(policy, context.range.level[0]);
  const std::optional<std::string> high = FormatLevel(policy, context.range.level[1]);
  if (!low || !high) return std::nullopt;
  text += ":" + *low;
  if (*low != *high) text += "-" + *high;
  return text;
}

}  // namespace appnet::sepolicy
