#pragma once
// Contract: an appnet text through the whole compiler in process, against the reference policy, and read back
// by the models. Errors are collected as text.

#include <memory>
#include <optional>
#include <string>

#include "ir/policy.h"
#include "oracle/cil_model.h"
#include "oracle/generator.h"
#include "oracle/iptables_model.h"
#include "oracle/nft_model.h"
#include "oracle/reference_evaluator.h"
#include "sema/program.h"
#include "sepolicy/policy.h"
#include "source/source_map.h"

namespace appnet::oracle {

const sepolicy::Policy& ReferencePolicy();

struct Outputs {
  std::string cil, nft, v4, v6;
};

struct Compiled {
  std::string text;
  source::SourceMap sources;
  sema::Program program;
  ir::Policy policy;
  Outputs outputs;
};

// No value and `errors` (kinds in brackets) where the compiler refuses the text.
std::unique_ptr<Compiled> Compile(const std::string& text, std::string& errors);

// The next policy of `random` that the compiler takes; counts those it refuses. A refusal of a kind that
// random texts have no business to meet is in `complaint`.
std::unique_ptr<Compiled> CompileNext(Random& random, const PolicyShape& shape, std::string& complaint);

std::uint64_t SeedFromEnvironment();
unsigned PoliciesFromEnvironment(unsigned otherwise);

}  // namespace appnet::oracle
