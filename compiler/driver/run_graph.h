#pragma once
// Contract: `appnetc graph`: the policy's rules as a graph in the DOT language, on standard output.

#include <string>

#include "base/file_system.h"
#include "driver/messages.h"
#include "driver/options.h"
#include "sepolicy/policy.h"

namespace appnet::driver {

int RunGraph(const Options& options, const std::string& as_of, const sepolicy::Policy& base,
             const base::FileSystem& files, Messages& messages);

}  // namespace appnet::driver
