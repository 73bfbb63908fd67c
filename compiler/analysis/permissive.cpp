#include <fmt/format.h>

#include <set>

#include "analysis/lints.h"

namespace appnet::analysis {

// A permissive domain is logged, never stopped: what is governed is not kept from it.
void WarnPermissive(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter) {
  std::set<sepolicy::TypeId> named;
  for (const sema::Rule& rule : program.rules) {
    if (rule.label) continue;
    for (const sepolicy::TypeId domain : program.domain_sets[rule.subjects]) {
      if (!base.IsPermissive(domain) || !named.insert(domain).second) continue;
      emitter
          .Report(
              diag::Kind::kPermissiveDomain, rule.origin.span,
              fmt::format("`{}` is permissive in the base policy: no rule stops it", base.TypeName(domain)))
          .Help(fmt::format("take it out of permissive mode (`semanage permissive -d {}`)",
                            base.TypeName(domain)));
    }
  }
  std::string others;
  std::size_t count = 0;
  for (const sepolicy::TypeId domain : base.Domains()) {
    if (!base.IsPermissive(domain) || named.contains(domain)) continue;
    if (++count <= 5) others += fmt::format("{}`{}`", others.empty() ? "" : ", ", base.TypeName(domain));
  }
  if (count == 0) return;
  emitter.Report(
      diag::Kind::kPermissiveDomain,
      fmt::format(
          "{} domain{} without a rule here {} permissive, so governed traffic is not kept from {}: {}{}",
          count, count == 1 ? "" : "s", count == 1 ? "is" : "are", count == 1 ? "it" : "them", others,
          count > 5 ? ", ..." : ""));
}

}  // namespace appnet::analysis
