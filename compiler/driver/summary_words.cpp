#include "driver/summary_words.h"

#include <fmt/format.h>

namespace appnet::driver {

std::string Plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string GrantText(const ir::Grant& grant, const flow::Conditions& conditions) {
  std::string text = grant.domain;
  if (grant.allowed != flow::kAlways) text += fmt::format(" if {}", conditions.Text(grant.allowed));
  if (grant.audited != flow::kNever) {
    text += grant.audited == grant.allowed ? ", logged"
                                           : fmt::format(", logged if {}", conditions.Text(grant.audited));
  }
  return text;
}

std::string_view ModeName(sema::UnmatchedMode mode) {
  switch (mode) {
    case sema::UnmatchedMode::kBase:
      return "base";
    case sema::UnmatchedMode::kInherit:
      return "inherit";
    case sema::UnmatchedMode::kAudit:
      return "audit";
    case sema::UnmatchedMode::kDeny:
      return "deny";
  }
  return {};
}

}  // namespace appnet::driver
