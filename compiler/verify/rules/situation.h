#pragma once
// Contract: what can be known of a packet at a hook besides the fields of its flow: where it goes, its
// connection's state. Facts are decided when they are first asked for; Next() then takes the next way to
// decide them, until every combination that somebody can tell apart has been seen once.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verify/rules/ruleset.h"

namespace appnet::verify::rules {

enum class Interface { kNone, kLoopback, kOther };

class Situation {
 public:
  explicit Situation(Hook hook) : hook_(hook) {}

  Hook hook() const { return hook_; }
  Interface In();
  Interface Out();
  unsigned PacketType();  // kToHost ...
  unsigned State();       // kInvalid ...; never kStateDnat, kStateSnat
  // The connection's facts are those of a packet that has one.
  bool HasConnection() { return State() != kInvalid && State() != kUntracked; }
  // resolve_normal_ct() in nf_conntrack_core.c: a packet in the reply direction is established or related.
  bool IsReply() { return State() != kNew && Ask(Fact::kReply, 2) == 1; }
  bool HasSecmark() { return Ask(Fact::kSecmark, 2) == 1; }
  bool HasRoomForLabels() { return Ask(Fact::kRoom, 2) == 1; }
  bool HasLabel(unsigned bit) { return HasRoomForLabels() && Ask(Fact::kLabels, 2, bit) == 1; }
  bool IsDestinationTranslated() { return Ask(Fact::kDnat, 2) == 1; }
  bool IsSourceTranslated() { return Ask(Fact::kSnat, 2) == 1; }
  bool IsExpected() { return Ask(Fact::kExpected, 2) == 1; }
  bool IsProtocol(unsigned protocol);
  bool TcpFlag(unsigned bit) { return Ask(Fact::kTcpFlags, 2, bit) == 1; }  // of a TCP packet, by bit number
  bool MarkBit(unsigned bit) { return Ask(Fact::kMark, 2, bit) == 1; }

  // What was decided, where it was; nothing where nobody asked.
  std::optional<Interface> KnownIn() const;
  std::optional<Interface> KnownOut() const;

  // Forgets what was decided and takes the next way; false after the last.
  bool Next();
  // "input of a reply, not by lo, state established"
  std::string Describe() const;

 private:
  enum class Fact : std::uint8_t {
    kIn,
    kOut,
    kPacketType,
    kState,
    kReply,
    kSecmark,
    kRoom,
    kLabels,
    kDnat,
    kSnat,
    kExpected,
    kProtocol,
    kTcpFlags,
    kMark,
  };
  struct Decision {
    Fact fact;
    unsigned which;  // of the facts of a kind
    unsigned answer;
    unsigned answers;
  };
  unsigned Ask(Fact fact, unsigned answers, unsigned which = 0);
  const Decision* Find(Fact fact, unsigned which = 0) const;

  Hook hook_;
  std::vector<Decision> decisions_;  // of the way at hand, in the order of the questions
  std::size_t asked_ = 0;            // how many of them were asked again
};

}  // namespace appnet::verify::rules
