#pragma once
// Contract: what the rules of one hook do with a packet in one situation: the chains are followed rule by
// rule, look-ups are only noted. Refuses rules that a situation cannot decide.

#include <optional>
#include <vector>

#include "verify/rules/contract.h"
#include "verify/rules/lookups.h"
#include "verify/rules/passage.h"

namespace appnet::verify::rules {

// A label as it has come about: from `origin`, overridden by what look-ups find, the last first.
struct LabelState {
  Origin origin = Origin::kArrived;
  Leaf fixed = kNothing;  // of kFixed
  std::vector<ChainId> lookups;
  friend bool operator==(const LabelState&, const LabelState&) = default;
};

struct Done {
  LabelState label;
  std::vector<LabelState> saved;  // each time the label was saved
  std::optional<Refusal> refusal;
};

// Notes marks and connection labels on the passage. `steps` counts down what may still be done; the run ends
// refused where it is used up.
Done RunHook(const Ruleset& ruleset, const Lookups& lookups, Passage& passage, std::size_t& steps);

}  // namespace appnet::verify::rules
