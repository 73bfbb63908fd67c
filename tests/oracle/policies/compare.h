#pragma once
// Contract: one rule set against the reference, packet by packet.

#include <string>

#include "oracle/meaning.h"
#include "oracle/packet.h"
#include "oracle/packet_reference.h"

namespace appnet::oracle {

enum class Backend { kNftables, kIptables };

// Empty when every packet of the conversation carries, after each hook, the label that the reference asks
// for; otherwise the first packet that does not. The documented differences of the two backends are taken
// into account.
std::string Compare(Backend backend, const RuleSet& rules, const Conversation& conversation,
                    const ReferenceEvaluator& reference, Meaning& meaning);

}  // namespace appnet::oracle
