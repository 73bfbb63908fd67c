#include <fmt/format.h>

#include "analysis/lints.h"

namespace appnet::analysis {

// A name that nothing refers to is often one that was meant to stand in a rule.
void WarnUnusedDeclarations(const sema::Program& program, const sepolicy::Policy&, diag::Emitter& emitter) {
  for (const sema::Unused& unused : program.unused_declarations)
    emitter.Report(diag::Kind::kUnusedDeclaration, unused.span,
                   fmt::format("nothing uses the {}", unused.what));
}

}  // namespace appnet::analysis
