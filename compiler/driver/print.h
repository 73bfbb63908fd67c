#pragma once
// Contract: what goes to a person: answers to standard output, failures to standard error.

#include <string_view>

#include "base/result.h"

namespace appnet::driver {

// "appnetc: MESSAGE", with every byte that could act on a terminal escaped.
void PrintError(std::string_view message);
// Prints the error; returns kExitEnvironment.
int Fail(const base::Error& error);
// The reader of our standard output may be gone or the disk full: false then.
bool Print(std::string_view text);

}  // namespace appnet::driver
