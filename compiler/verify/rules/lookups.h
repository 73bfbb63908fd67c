#pragma once
// Contract: which chains are look-ups (they test fields of the packet, set labels, and come back to whoever
// jumped there), and their functions: for each reading of the packet the label that the chain sets last.

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "verify/rules/first_match.h"
#include "verify/rules/flow_space.h"
#include "verify/rules/map_function.h"
#include "verify/rules/reading.h"
#include "verify/rules/ruleset.h"

namespace appnet::verify::rules {

// Loops, and chains that nest deeper than the kernel allows. The rest of the room relies on there being none.
std::optional<Refusal> FindLoop(const Ruleset& ruleset);

class Lookups {
 public:
  Lookups(const Ruleset& ruleset, FlowSpace& space);

  bool IsLookup(ChainId chain) const { return kinds_[chain] == Kind::kLookup; }
  // Without tests of its own: it says only what to call, whoever asks.
  bool IsList(ChainId chain) const { return is_list_[chain]; }

  // Of a look-up. No value where it reads what the reading does not; refusal() then has the reason.
  std::optional<NodeId> FunctionOf(ChainId chain, const Reading& reading);
  const Refusal& refusal() const { return refusal_; }

  // The space's leaf of each context of the ruleset.
  Leaf LabelOf(ContextId context) const { return labels_[context]; }

 private:
  enum class Kind { kUnknown, kLookup, kOther };
  using Sides = std::vector<Side>;

  Kind KindOf(ChainId chain);
  std::optional<NodeId> ChainFunction(ChainId chain, const Reading& reading);
  std::optional<NodeId> RuleFunction(const Rule& rule, const Reading& reading, NodeId next);
  std::optional<NodeId> VerdictFunction(const Verdict& verdict, const Reading& reading, NodeId next);
  std::optional<NodeId> MapFunctionOf(const Key& key, MapId map, const Reading& reading, unsigned line);
  // The cases of a rule that tests the packet and goes away on a hit; false for another rule.
  bool CasesOf(const Rule& rule, const Reading& reading, std::vector<Case>& cases);
  bool CasesOf(const VerdictMap& map, const Reading& reading, NodeId next, unsigned line,
               std::vector<Case>& cases);
  std::optional<Sides> SidesOf(std::span<const PacketTest* const> tests, const Reading& reading,
                               unsigned line);
  IntervalSet InterfacesOf(std::span<const std::string> names) const;
  bool Refuse(unsigned line, std::string why);

  const Ruleset& ruleset_;
  FlowSpace& space_;
  std::vector<Leaf> labels_;
  std::vector<Kind> kinds_;
  std::vector<bool> is_list_;
  std::map<std::pair<ChainId, Reading>, NodeId> functions_;
  std::map<std::pair<MapId, std::vector<FlowPart>>, NodeId> maps_;
  Refusal refusal_;
};

}  // namespace appnet::verify::rules
