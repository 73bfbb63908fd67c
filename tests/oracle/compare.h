#pragma once
// Contract: one rule set against the reference, packet by packet.

#include <cstddef>
#include <string>
#include <vector>

#include "oracle/meaning.h"
#include "oracle/packet.h"
#include "oracle/packet_reference.h"

namespace appnet::oracle {

enum class Backend { kNftables, kIptables };

// A visit whose packet does not carry what the reference asks for.
struct Difference {
  std::size_t journey = 0;
  std::size_t visit = 0;
  std::string expected;
  std::string wrong;
};

// Of what was seen, by a model or on a kernel. The documented differences of the two backends are taken into
// account.
std::vector<Difference> Differences(Backend backend, const Trace& trace, const Conversation& conversation,
                                    const ReferenceEvaluator& reference, Meaning& meaning);

// Empty when every packet of the conversation carries, after each hook, the label that the reference asks
// for; otherwise the first packet that does not.
std::string Compare(Backend backend, const RuleSet& rules, const Conversation& conversation,
                    const ReferenceEvaluator& reference, Meaning& meaning);

}  // namespace appnet::oracle
