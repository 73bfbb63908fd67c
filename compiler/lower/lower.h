#pragma once
// Contract: Program to ir::Policy: cuts the flow space into classes, two flows being in one class when the
// same grants match both, and gives each class one label. Exact for overlapping rules. A policy whose classes
// exceed the budget, or whose label rules contradict each other, is an error that names the rules; then there
// is no policy.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "diag/emitter.h"
#include "ir/policy.h"
#include "sema/program.h"

namespace appnet::lower {

struct Options {
  ir::Budget budget;
  std::size_t lookup_entries = 1'000'000;  // about 100 MB of rules
  std::vector<std::string> loaders;        // overrides who loads rules; empty: read from the base policy
  // How source files are called in the policy's origins; a file that is missing here goes by its name in the
  // SourceMap.
  std::map<source::FileId, std::string> file_names;
};

std::optional<ir::Policy> Lower(const sema::Program& program, const sepolicy::Policy& base,
                                const source::SourceMap& sources, const Options& options,
                                diag::Emitter& emitter);

}  // namespace appnet::lower
