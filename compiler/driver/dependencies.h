#pragma once
// Contract: what a build read, as a rule for make, which ninja reads too (`deps = gcc`), for `build -MD`.
// Each input is also a target without a rule, as by gcc's -MP, so that make goes on when one is gone.

#include <string>

#include "base/file_system.h"
#include "driver/options.h"
#include "sema/program.h"

namespace appnet::driver {

// An artifact's folder has its `/` at the end.
std::string DependenciesPath(const std::string& artifact, const Options& options);

// An error for a path that not both programs can read back, whatever stands before its signs: `%`, `;`, `'`.
base::Result<std::string> DependenciesOf(const std::string& artifact, const sema::Program& program,
                                         const Options& options, const source::SourceMap& sources,
                                         const base::FileSystem& files);

}  // namespace appnet::driver
