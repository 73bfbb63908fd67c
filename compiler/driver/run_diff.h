#pragma once
// Contract: `appnetc diff`: what changes from one policy to another, each given as a policy file or as an
// artifact, both seen with one base policy. The answer goes to standard output; the exit code is 1 where
// there are changes.

#include <string>

#include "base/file_system.h"
#include "driver/messages.h"
#include "driver/options.h"
#include "sepolicy/policy.h"

namespace appnet::driver {

int RunDiff(const Options& options, const std::string& as_of, const sepolicy::Policy& base,
            const base::FileSystem& files, Messages& messages);

}  // namespace appnet::driver
