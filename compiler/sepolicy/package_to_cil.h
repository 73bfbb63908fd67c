#pragma once
// Contract: a policy package (.pp) as CIL. The conversion runs in a child process: libsepol's converter
// trusts what is in a package, and prints its errors; so a damaged one is an error here, in its words,
// whatever the converter does.

#include <string>

#include "base/result.h"

namespace appnet::sepolicy {

base::Result<std::string> PackageToCil(const std::string& bytes);

}  // namespace appnet::sepolicy
