#include <fmt/format.h>

#include "sepolicy/policy.h"

namespace appnet::sepolicy {

std::string TextOf(const Policy::AllowRule& rule, std::string_view object_class, std::string_view permission,
                   const flow::Conditions& conditions) {
  std::string text =
      fmt::format("(allow {} {} ({} ({})))", rule.source, rule.target, object_class, permission);
  if (rule.when != flow::kAlways) text += fmt::format(" if {}", conditions.Text(rule.when));
  return text;
}

}  // namespace appnet::sepolicy
