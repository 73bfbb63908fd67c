// Names of interfaces, as the kernel takes them (dev_valid_name), with a star at the end.

#include "sema/interfaces.h"

#include <fmt/format.h>

#include <algorithm>

#include "sema/set_items.h"

namespace appnet::sema {
namespace {

constexpr std::size_t kMaxBytes = 15;  // IFNAMSIZ without the final zero

bool IsUnfit(char c) {
  const auto byte = static_cast<unsigned char>(c);
  // The kernel counts 0xa0 as white space too. Control characters it would take, but nobody who reads the
  // rules.
  return byte <= 0x20 || byte == 0x7f || byte == 0xa0 || c == '/' || c == ':';
}

}  // namespace

std::optional<PatternFault> FaultOf(std::string_view pattern) {
  if (pattern.empty())
    return PatternFault{"an interface name can't be empty", "write `any` for every interface"};
  if (pattern == "*")
    return PatternFault{"`*` alone is no interface name", "write `any` for every interface"};
  if (pattern == "." || pattern == "..") {
    return PatternFault{fmt::format("the kernel has no interface `{}`", pattern),
                        "see `ip link` for the names in use"};
  }
  if (pattern.size() > kMaxBytes) {
    return PatternFault{
        fmt::format("the interface name has {} bytes, and the kernel takes 15", pattern.size()),
        "shorten it; a star at the end counts as well"};
  }
  const std::size_t star = pattern.find('*');
  if (star != std::string_view::npos && star + 1 != pattern.size()) {
    return PatternFault{"a star stands at the end of an interface name only",
                        fmt::format("write \"{}*\", or name each interface", pattern.substr(0, star))};
  }
  if (std::any_of(pattern.begin(), pattern.end(), IsUnfit)) {
    return PatternFault{"an interface name has no slash, no colon, no white space and no control characters",
                        "write the name as `ip link` shows it, without what follows `@`"};
  }
  return std::nullopt;
}

void AddInterface(std::string_view pattern, source::Span span, const flow::InterfaceClasses& classes,
                  diag::Emitter& emitter, Gathered& gathered) {
  if (const std::optional<PatternFault> fault = FaultOf(pattern)) {
    emitter.Report(diag::Kind::kBadInterfaceName, span, fault->message).Help(fault->help);
    gathered.failed = true;
    return;
  }
  const flow::IntervalSet matching = classes.Matching(pattern);
  gathered.plain.insert(gathered.plain.end(), matching.begin(), matching.end());
}

}  // namespace appnet::sema
