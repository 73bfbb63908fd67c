#include "analysis/missing_access.h"

#include <fmt/format.h>

namespace appnet::analysis {
namespace {

constexpr std::size_t kShown = 6;

}  // namespace

std::string MissingAccess::Cil(const sepolicy::Policy& base) const {
  return fmt::format("(allow {} {} ({} ({})))", base.TypeName(source), target, object_class, permissions);
}

void MissingAccesses::Report(const sema::Rule& rule, const std::vector<MissingAccess>& missing) {
  std::vector<std::string> lines;
  std::vector<std::string> domains;
  for (const MissingAccess& access : missing) {
    std::string line = access.Cil(base_);
    if (!reported_.insert(line).second) continue;
    lines.push_back(std::move(line));
    const std::string& domain = base_.TypeName(access.source);
    if (domains.empty() || domains.back() != domain) domains.push_back(domain);
  }
  if (lines.empty()) return;
  const std::string who = domains.size() == 1
                              ? fmt::format("`{}`", domains.front())
                              : fmt::format("`{}` and {} more", domains.front(), domains.size() - 1);
  diag::Builder report =
      emitter_.Report(kind_, rule.origin.span, fmt::format("the base policy does not let {} {}", who, what_));
  for (std::size_t i = 0; i < lines.size() && i < kShown; ++i)
    report.Help(fmt::format("the domain's own module would need `{}`", lines[i]));
  if (lines.size() > kShown) report.Note(fmt::format("and {} more such lines", lines.size() - kShown));
}

}  // namespace appnet::analysis
