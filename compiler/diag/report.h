#pragma once
// Contract: all that one run has to say: its diagnostics, and what of its environment failed; and which of
// many diagnostics are said. Every format renders a Report.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "diag/diagnostic.h"

namespace appnet::diag {

struct Report {
  std::vector<Diagnostic> diagnostics;  // sorted
  std::optional<std::string> failure;   // why the environment ended the run; may have several lines
};

// Of messages that say the same the first twenty are said, and a thousand in all: a name that is missing can
// be written a hundred thousand times. Every format says how many more there are.
inline constexpr std::size_t kMostRepeats = 20;
inline constexpr std::size_t kMostShown = 1000;

struct Shown {
  std::vector<const Diagnostic*> diagnostics;
  std::size_t left_out = 0;
  std::size_t repeated = 0;  // of these, those that say once more what was said often enough
};

Shown SelectShown(const std::vector<Diagnostic>& diagnostics);

}  // namespace appnet::diag
