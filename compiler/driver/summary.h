#pragma once
// Contract: what a person wants to know after build and check, as text for standard output: the packet types,
// who may do what, and what the base policy says of unmatched traffic.

#include <string>

#include "analysis/unmatched.h"
#include "driver/compile.h"

namespace appnet::driver {

struct SummaryOptions {
  bool list_domains = false;  // every domain that is cut off or left open, by name
};

std::string Summarize(const Compiled& compiled, const sepolicy::Policy& base, const SummaryOptions& options);

}  // namespace appnet::driver
