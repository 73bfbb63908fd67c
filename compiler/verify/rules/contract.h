#pragma once
// Contract: what a hook must do, from backend/README.md, written down once more and on its own: for each
// situation the label, what is saved, and which marks are set. The known differences of the two backends are
// here and nowhere else.

#include <optional>
#include <vector>

#include "verify/rules/passage.h"
#include "verify/rules/policy_functions.h"

namespace appnet::verify::rules {

// Where a label comes from before any look-up.
enum class Origin {
  kArrived,   // the packet is left as it came
  kFixed,     // one label for all
  kRestored,  // the connection's, by the backend's own way of restoring
};

enum class Fixed { kUnmatched, kUnmatchedForward, kTransit };

struct Due {
  Origin origin = Origin::kArrived;
  Fixed fixed = Fixed::kUnmatched;  // of kFixed
  std::vector<Reading> readings;    // in the order of the look-ups: a later one overrides
  bool save = false;                // the label, on the connection
};

// Notes marks and connection labels on the passage.
Due DueAt(Backend backend, Family family, Passage& passage);

}  // namespace appnet::verify::rules
