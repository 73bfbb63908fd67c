#pragma once
// Contract: the command `init`: writes machine.appnet into the folder, a commented policy without rules that
// fits the base policy, with what each `unmatched` mode would mean there. Never over a file that is there.

#include "base/file_system.h"
#include "driver/link_modules.h"
#include "driver/messages.h"
#include "driver/options.h"

namespace appnet::driver {

int WriteStartingPolicy(const Options& options, const LinkedBase& base, base::FileSystem& files,
                        Messages& messages);

}  // namespace appnet::driver
