#pragma once
// Contract: which flow, or which special case, decides a packet's label at each hook: backend/README.md in
// code. Keeps for each connection what the rules would have saved on it.

#include <optional>
#include <vector>

#include "oracle/packet.h"
#include "oracle/reference_evaluator.h"

namespace appnet::oracle {

// How a packet was judged; for the coverage counts.
enum class Step {
  kPrerouting,
  kMulticast,
  kInvalid,
  kUntracked,
  kLabelled,
  kRelatedError,
  kMidStream,
  kOriginal,
  kReply,
  kLoPickedUp,
  kForwarded,
};

struct Judgement {
  Outcome outcome;
  Step step = Step::kOriginal;
  bool carried_over = false;            // the label was set at an earlier hook or by an earlier packet
  bool translated_reply_on_lo = false;  // looked up by the reply tuple
  // Set where nftables, by a documented difference, looks up by the untranslated address: no request has left
  // before.
  std::optional<Outcome> untranslated = std::nullopt;
  std::optional<Outcome> saved = std::nullopt;  // what the connection carries afterwards
};

class PacketReference {
 public:
  // `needs_room`: as iptables knows labelled connections: one without room for connection labels never counts
  // as labelled, an expected one does from its first packet on; where that finds its master without a label
  // to copy there is no judgement.
  PacketReference(const ReferenceEvaluator& reference, const Conversation& conversation, bool needs_room);

  // The judgement for each visit that has one (not output, not prerouting from lo), in the conversation's
  // order.
  std::vector<std::vector<std::optional<Judgement>>> Judge();

 private:
  enum class Look { kConnectThere, kConnectBack, kAcceptThere, kAcceptBack, kForwardThere, kForwardBack };
  struct Memory {
    bool seen = false;
    std::optional<Outcome> label;
    bool picked_up = false;
    bool request_left = false;  // over lo
    bool orphan = false;        // expected by a connection that had no label to copy
  };

  std::optional<Outcome> LabelOf(int connection) const;
  std::optional<Judgement> JudgeVisit(const Visit& visit, const std::optional<Outcome>& before);
  Judgement JudgeTracked(const Visit& visit, Look there, Look back, std::vector<Look> pick_up);
  Judgement JudgeLoopback(const Visit& visit);

  Outcome LookUp(const Visit& visit, Look look) const;
  Outcome PickUp(const Visit& visit, const std::vector<Look>& looks) const;
  std::optional<Outcome> OwnOf(const Visit& visit, Look look, bool by_reply_tuple) const;
  std::optional<Outcome> InheritedOf(const Visit& visit, Look look, bool by_reply_tuple) const;
  Outcome Combine(const std::vector<std::optional<Outcome>>& choices, flow::Direction direction) const;
  std::optional<flow::Flow> FlowOf(const Visit& visit, Look look, bool by_reply_tuple) const;
  Outcome ByReplyTuple(const Visit& visit) const;

  const ReferenceEvaluator& reference_;
  const Conversation& conversation_;
  bool needs_room_;
  std::vector<Memory> memory_;
};

}  // namespace appnet::oracle
