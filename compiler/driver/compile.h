#pragma once
// Contract: the compiler's steps in order: read, parse, check, lower, analyze, prove, emit, read back. The
// only orchestrator. Diagnostics go to the emitter; failures of the environment come back as errors.

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/ways_around.h"
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
  analysis::WaysAround ways_around;
};

// How messages call the text of a query's sentence.
inline constexpr char kSentence[] = "the question";

// What the front of the compiler makes: enough to answer questions.
struct Understood {
  sema::Program program;
  ir::Policy policy;
};

// Is told what comes next, for whoever waits: "checking names".
using OnStep = std::function<void(std::string_view)>;

// No value when the policy, or the sentence of a query, has errors, which the emitter holds.
base::Result<std::optional<Understood>> Understand(const Options& options, const std::string& as_of,
                                                   const sepolicy::Policy& base,
                                                   const base::FileSystem& files, source::SourceMap& sources,
                                                   diag::Emitter& emitter, const OnStep& on_step = {});
// The same and all that follows.
base::Result<std::optional<Compiled>> Compile(const Options& options, const std::string& as_of,
                                              const sepolicy::Policy& base, const base::FileSystem& files,
                                              source::SourceMap& sources, diag::Emitter& emitter,
                                              const OnStep& on_step = {});

}  // namespace appnet::driver
