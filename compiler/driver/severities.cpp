#include "driver/severities.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <utility>

#include "diag/suggest.h"

namespace appnet::driver {
namespace {

using diag::Kind;
using diag::Severity;

constexpr std::string_view kAllWarnings = "warnings";

}  // namespace

std::string NoSuchKind(std::string_view kind, std::vector<std::string_view> others) {
  std::vector<std::string_view> known = std::move(others);
  for (const Kind one : diag::AllKinds()) known.push_back(diag::SlugOf(one));
  const auto near = diag::Nearest(kind, known);
  return fmt::format("there is no kind of message `{}`; {}", kind,
                     near ? fmt::format("did you mean `{}`?", *near) : "`appnetc explain` lists them");
}

base::Result<std::vector<std::pair<Kind, Severity>>> ReadSeverities(
    const std::vector<SeverityOption>& options) {
  std::map<Kind, Severity> severities;
  for (const Kind kind : diag::AllKinds()) severities[kind] = diag::DefaultSeverityOf(kind);
  for (const SeverityOption& option : options) {
    if (option.kind == kAllWarnings) {
      for (auto& [kind, severity] : severities) {
        if (severity == Severity::kWarning) severity = option.severity;
      }
      continue;
    }
    const std::optional<Kind> kind = diag::KindNamed(option.kind);
    if (!kind)
      return base::Error{fmt::format("{}: {}", option.option, NoSuchKind(option.kind, {kAllWarnings}))};
    if (diag::DefaultSeverityOf(*kind) == Severity::kError && option.severity != Severity::kError)
      return base::Error{
          fmt::format("{}: `{}` is an error, after which there is nothing to build; only warnings "
                      "and notes can be allowed",
                      option.option, option.kind)};
    severities[*kind] = option.severity;
  }
  std::vector<std::pair<Kind, Severity>> changed;
  for (const auto& [kind, severity] : severities) {
    if (severity != diag::DefaultSeverityOf(kind)) changed.emplace_back(kind, severity);
  }
  return changed;
}

}  // namespace appnet::driver
