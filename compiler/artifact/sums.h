#pragma once
// Contract: SHA256SUMS as `sha256sum -c` reads it, made and checked.

#include <string>
#include <vector>

#include "base/output_file.h"

namespace appnet::artifact {

inline constexpr std::string_view kSumsName = "SHA256SUMS";

// Covers every file given, in their order.
std::string Sums(const std::vector<base::OutputFile>& files);

// What is wrong between the files and the SHA256SUMS among them, one sentence each: a file that differs, that
// is missing, that isn't listed, a line that doesn't parse. Empty when all is well.
std::vector<std::string> CheckSums(const std::vector<base::OutputFile>& files);

}  // namespace appnet::artifact
