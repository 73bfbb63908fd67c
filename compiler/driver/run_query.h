#pragma once
// Contract: `appnetc query`: answers the sentence on standard output, and gives the exit code. With modules
// the linked result is checked first, as in a build: an answer must not rest on rules that a module undoes.

#include <string>

#include "base/file_system.h"
#include "driver/link_modules.h"
#include "driver/messages.h"
#include "driver/options.h"

namespace appnet::driver {

int RunQuery(const Options& options, const std::string& as_of, const LinkedBase& base,
             const base::FileSystem& files, Messages& messages);

}  // namespace appnet::driver
