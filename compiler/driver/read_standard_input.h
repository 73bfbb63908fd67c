#pragma once
// Contract: all that standard input holds, up to base::kLargestFile.

#include <string>

#include "base/result.h"

namespace appnet::driver {

base::Result<std::string> ReadStandardInput();

}  // namespace appnet::driver
