#pragma once
// Contract: what every step of this room is given. References to what Check was called with; nothing here is
// owned.

#include "base/file_system.h"
#include "diag/emitter.h"
#include "sema/check.h"
#include "sepolicy/policy.h"
#include "source/source_map.h"

namespace appnet::sema {

struct Inputs {
  const sepolicy::Policy& policy;
  source::SourceMap& sources;
  const base::FileSystem& files;
  const Options& options;
  diag::Emitter& emitter;
};

}  // namespace appnet::sema
