#pragma once
// Contract: the compiler's steps in order: read, parse, check, lower, analyze, prove, emit, read back. The
// only orchestrator. Diagnostics go to the emitter; failures of the environment come back as errors.

#include <optional>
#include <vector>

#include "artifact/pack.h"
#include "base/file_system.h"
#include "base/output_file.h"
#include "diag/emitter.h"
#include "driver/options.h"
#include "ir/policy.h"
#include "sema/program.h"
#include "sepolicy/policy.h"

namespace appnet::driver {

struct Compiled {
  sema::Program program;
  ir::Policy policy;
  std::vector<base::OutputFile> parts;
  std::vector<artifact::Source> sources;
};

// No value when the policy has errors, which the emitter holds.
base::Result<std::optional<Compiled>> Compile(const Options& options, const std::string& as_of,
                                              const sepolicy::Policy& base, const base::FileSystem& files,
                                              source::SourceMap& sources, diag::Emitter& emitter);

}  // namespace appnet::driver
