#include <fmt/format.h>

#include "analysis/lints.h"

namespace appnet::analysis {

void WarnUnusedImports(const sema::Program& program, const sepolicy::Policy&, diag::Emitter& emitter) {
  for (const sema::Unused& unused : program.unused_imports)
    emitter.Report(diag::Kind::kUnusedImport, unused.span,
                   fmt::format("this file uses no name of the {}", unused.what));
}

}  // namespace appnet::analysis
