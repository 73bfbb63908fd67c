#pragma once
// Contract: the files that install an artifact and load its rules against those that this program would put
// there. What differs, a sentence each. For artifacts of the same version of the program.

#include <string>
#include <vector>

#include "base/output_file.h"

namespace appnet::artifact {

// `name`: the policy's. With `modes` also whether programs, and nothing else, may be run: a tar knows.
std::vector<std::string> CheckInstaller(const std::string& name, const std::vector<base::OutputFile>& files,
                                        bool modes);

}  // namespace appnet::artifact
