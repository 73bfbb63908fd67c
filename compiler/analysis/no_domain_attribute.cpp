#include <fmt/format.h>

#include "analysis/lints.h"

namespace appnet::analysis {

void WarnNoDomainAttribute(const sema::Program& program, const sepolicy::Policy& base,
                           diag::Emitter& emitter) {
  const bool audits = program.unmatched == sema::UnmatchedMode::kAudit ||
                      program.unmatched_forward == sema::UnmatchedMode::kAudit;
  if (!audits || base.DomainAttribute()) return;
  emitter
      .Report(diag::Kind::kNoDomainAttribute,
              fmt::format("the base policy `{}` has no attribute that holds all domains", base.name()))
      .Note(
          "`unmatched audit` lets through the domains of today; those that later modules bring are cut off");
}

}  // namespace appnet::analysis
