#pragma once
// Contract: the command `fmt`: files in canonical layout, each in place and only if that changes it, `-` from
// standard input to standard output. A file with syntax errors is left as it is, and the others are done.

#include "base/file_system.h"
#include "driver/messages.h"
#include "driver/options.h"

namespace appnet::driver {

// With --check nothing is written: names what would change, and then the exit code is kExitPolicy.
int RunFormat(const Options& options, base::FileSystem& files, Messages& messages);

}  // namespace appnet::driver
