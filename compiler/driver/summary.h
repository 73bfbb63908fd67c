#pragma once
// Contract: what a person wants to know after build and check, as text for standard output: the packet types,
// who may do what, what the base policy says of unmatched traffic, and who could go around all of it.

#include <string>

#include "analysis/unmatched.h"
#include "driver/compile.h"

namespace appnet::driver {

struct SummaryOptions {
  // Every domain that is cut off or left open, by name, and every way around labels.
  bool list_domains = false;
};

std::string Summarize(const Compiled& compiled, const sepolicy::Policy& base, const SummaryOptions& options);

}  // namespace appnet::driver
