#pragma once
// Contract: the command `explain`: the story behind a kind of message on standard output, or all kinds. An
// unknown kind is a mistake of the command line.

#include "driver/messages.h"
#include "driver/options.h"

namespace appnet::driver {

int RunExplain(const Options& options, Messages& messages);

}  // namespace appnet::driver
