#include <fmt/format.h>

#include <algorithm>
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
  // Peers without a label of their own; who forwards asks about them too, though they are no domain.
  const auto unlabeled = base.UnlabeledType();
  const bool forwards = std::ranges::any_of(
      program.rules, [](const sema::Rule& rule) { return rule.direction == flow::Direction::kForward; });
  if (forwards && unlabeled && base.IsPermissive(*unlabeled) && named.insert(*unlabeled).second) {
    emitter.Report(diag::Kind::kPermissiveDomain,
                   fmt::format("`{}`, which most peers have, is permissive in the base policy, so governed "
                               "traffic is forwarded for them",
                               base.TypeName(*unlabeled)));
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
