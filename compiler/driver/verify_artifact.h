#pragma once
// Contract: the command `verify`: an artifact against itself (sums, manifest, the module's text) and, where
// one is given, against a policy: what the manifest requires, and with --link who may do what once module and
// policy are linked. Returns the exit code: 0 all is well, 1 the artifact does not hold together or does not
// fit the policy, 3 something could not be read.

#include "base/file_system.h"
#include "driver/messages.h"
#include "driver/options.h"

namespace appnet::driver {

int VerifyArtifact(const Options& options, const base::FileSystem& files, Messages& messages);

}  // namespace appnet::driver
