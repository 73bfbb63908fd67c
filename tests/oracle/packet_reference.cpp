#include "oracle/packet_reference.h"

namespace appnet::oracle {
namespace {

flow::Direction DirectionOf(bool connect, bool accept) {
  return connect ? flow::Direction::kConnect : accept ? flow::Direction::kAccept : flow::Direction::kForward;
}

bool LoneSyn(const Packet& packet) { return (packet.tcp_flags & (kSyn | kAck | kRst | kFin)) == kSyn; }

// The type of the request that an answer answers, or none.
std::optional<unsigned> RequestOf(Family family, unsigned type) {
  if (family == Family::kIpv4) {
    switch (type) {
      case 0:
        return 8;  // echo
      case 14:
        return 13;  // timestamp
      case 16:
        return 15;  // information
      case 18:
        return 17;  // address mask
      default:
        return std::nullopt;
    }
  }
  switch (type) {
    case 129:
      return 128;  // echo
    case 140:
      return 139;  // node information
    default:
      return std::nullopt;
  }
}

}  // namespace

PacketReference::PacketReference(const ReferenceEvaluator& reference, const Conversation& conversation,
                                 bool needs_room)
    : reference_(reference),
      conversation_(conversation),
      needs_room_(needs_room),
      memory_(conversation.connections.size()) {}

std::optional<Outcome> PacketReference::LabelOf(int connection) const {
  if (connection < 0) return std::nullopt;
  const auto i = static_cast<std::size_t>(connection);
  if (needs_room_ && !conversation_.connections[i].holds_labels) return std::nullopt;
  return memory_[i].label;
}

std::vector<std::vector<std::optional<Judgement>>> PacketReference::Judge() {
  std::vector<std::vector<std::optional<Judgement>>> all;
  for (const Journey& journey : conversation_.journeys) {
    auto& judgements = all.emplace_back();
    std::optional<Outcome> before;
    for (const Visit& visit : journey.visits) {
      if (visit.connection >= 0) {
        Memory& memory = memory_[static_cast<std::size_t>(visit.connection)];
        const int master = conversation_.connections[static_cast<std::size_t>(visit.connection)].master;
        if (!memory.seen && master >= 0) {
          memory.label = memory_[static_cast<std::size_t>(master)].label;
          memory.orphan = needs_room_ && !memory.label &&
                          !conversation_.connections[static_cast<std::size_t>(visit.connection)].established;
        }
        memory.seen = true;
      }
      const bool orphan = visit.connection >= 0 && memory_[static_cast<std::size_t>(visit.connection)].orphan;
      judgements.push_back(orphan ? std::nullopt : JudgeVisit(visit, before));
      if (!judgements.back()) continue;
      before = judgements.back()->outcome;
      if (visit.connection >= 0)
        judgements.back()->saved = memory_[static_cast<std::size_t>(visit.connection)].label;
    }
  }
  return all;
}

std::optional<Judgement> PacketReference::JudgeVisit(const Visit& visit,
                                                     const std::optional<Outcome>& before) {
  switch (visit.hook) {
    case Hook::kPrerouting:
      if (visit.in == "lo") return std::nullopt;
      if (const auto label = LabelOf(visit.connection)) return Judgement{*label, Step::kPrerouting, true};
      return Judgement{{Outcome::Kind::kTransit, true, {}, 0}, Step::kPrerouting};
    case Hook::kOutput:
      return std::nullopt;
    case Hook::kInput:
      if (visit.in == "lo") return JudgeLoopback(visit);
      if (visit.packet.type != PacketType::kHost)
        return Judgement{LookUp(visit, Look::kAcceptThere), Step::kMulticast};
      return JudgeTracked(visit, Look::kAcceptThere, Look::kConnectBack,
                          {Look::kAcceptThere, Look::kConnectBack});
    case Hook::kForward:
      return JudgeTracked(visit, Look::kForwardThere, Look::kForwardBack,
                          {Look::kForwardThere, Look::kForwardBack});
    case Hook::kPostrouting:
      // What is made here may name an interface it came from, too.
      if (before) return Judgement{*before, Step::kForwarded, true};
      if (visit.out == "lo") return JudgeLoopback(visit);
      return JudgeTracked(visit, Look::kConnectThere, Look::kAcceptBack,
                          {Look::kAcceptBack, Look::kConnectThere});
  }
  return std::nullopt;
}

Judgement PacketReference::JudgeTracked(const Visit& visit, Look there, Look back,
                                        std::vector<Look> pick_up) {
  const Packet& packet = visit.packet;
  const flow::Direction direction =
      visit.hook == Hook::kForward ? flow::Direction::kForward : flow::Direction::kConnect;
  if (visit.state == State::kInvalid) return {reference_.Unmatched(direction), Step::kInvalid};
  if (visit.state == State::kUntracked) return {LookUp(visit, there), Step::kUntracked};
  Memory& memory = memory_[static_cast<std::size_t>(visit.connection)];
  if (const auto label = LabelOf(visit.connection)) return {*label, Step::kLabelled, true};
  if ((packet.protocol == kIcmp || packet.protocol == kIcmpv6) && visit.state == State::kRelated) {
    return {reference_.Unmatched(direction), Step::kRelatedError};
  }
  Judgement judgement;
  if (packet.protocol == kTcp &&
      (visit.state == State::kEstablished || (visit.state == State::kNew && !LoneSyn(packet)))) {
    judgement = {PickUp(visit, pick_up), Step::kMidStream};
  } else {
    judgement = {LookUp(visit, visit.reply ? back : there), visit.reply ? Step::kReply : Step::kOriginal};
  }
  memory.label = judgement.outcome;
  return judgement;
}

Judgement PacketReference::JudgeLoopback(const Visit& visit) {
  const Packet& packet = visit.packet;
  const bool output = visit.hook == Hook::kPostrouting;
  if (visit.state == State::kInvalid)
    return {reference_.Unmatched(flow::Direction::kConnect), Step::kInvalid};
  if (visit.state == State::kUntracked) {
    return {LookUp(visit, output ? Look::kConnectThere : Look::kAcceptThere), Step::kUntracked};
  }
  if ((packet.protocol == kIcmp || packet.protocol == kIcmpv6) && visit.state == State::kRelated) {
    return {reference_.Unmatched(flow::Direction::kConnect), Step::kRelatedError};
  }
  Memory& memory = memory_[static_cast<std::size_t>(visit.connection)];
  if (output && packet.protocol == kTcp && visit.state == State::kNew && !LoneSyn(packet))
    memory.picked_up = true;
  if (memory.picked_up) {
    return {PickUp(visit, output ? std::vector{Look::kAcceptBack, Look::kConnectThere}
                                 : std::vector{Look::kAcceptThere, Look::kConnectBack}),
            Step::kLoPickedUp};
  }
  const Step step = visit.reply ? Step::kReply : Step::kOriginal;
  if (output && !visit.reply) memory.request_left = true;
  if (output) return {LookUp(visit, visit.reply ? Look::kAcceptBack : Look::kConnectThere), step};
  if (!visit.reply) return {LookUp(visit, Look::kAcceptThere), step};
  if (!conversation_.connections[static_cast<std::size_t>(visit.connection)].destination_translated) {
    return {LookUp(visit, Look::kConnectBack), step};
  }
  Judgement judgement{ByReplyTuple(visit), step};
  judgement.translated_reply_on_lo = true;
  if (!memory.request_left) judgement.untranslated = LookUp(visit, Look::kConnectBack);
  return judgement;
}

std::optional<flow::Flow> PacketReference::FlowOf(const Visit& visit, Look look, bool by_reply_tuple) const {
  const Packet& packet = visit.packet;
  const bool there = look == Look::kConnectThere || look == Look::kAcceptThere || look == Look::kForwardThere;
  flow::Flow flow;
  flow.family = packet.family;
  flow.direction = DirectionOf(look == Look::kConnectThere || look == Look::kConnectBack,
                               look == Look::kAcceptThere || look == Look::kAcceptBack);
  unsigned source_port = packet.source_port;
  Value source = packet.source;
  if (by_reply_tuple) {
    const Tuple& reply = conversation_.connections[static_cast<std::size_t>(visit.connection)].reply;
    source = reply.source;
    source_port = reply.source_port;
  }
  switch (look) {
    case Look::kConnectThere:
      flow.interface = reference_.ClassOf(visit.out), flow.peer = packet.destination, flow.self = source;
      break;
    case Look::kConnectBack:
      flow.interface = reference_.ClassOf(visit.in), flow.peer = source, flow.self = packet.destination;
      break;
    case Look::kAcceptThere:
      flow.interface = reference_.ClassOf(visit.in), flow.peer = source, flow.self = packet.destination;
      break;
    case Look::kAcceptBack:
      flow.interface = reference_.ClassOf(visit.out), flow.peer = packet.destination, flow.self = source;
      break;
    case Look::kForwardThere:
      flow.interface = reference_.ClassOf(visit.in), flow.out = reference_.ClassOf(visit.out);
      flow.peer = packet.destination, flow.self = source;
      break;
    case Look::kForwardBack:
      flow.interface = reference_.ClassOf(visit.out), flow.out = reference_.ClassOf(visit.in);
      flow.peer = source, flow.self = packet.destination;
      break;
  }
  unsigned detail = 0;
  if (CarriesPorts(packet.protocol)) {
    detail = there ? packet.destination_port : source_port;
  } else if (CarriesIcmp(packet.family, packet.protocol)) {
    const auto type = there ? std::optional(packet.icmp_type) : RequestOf(packet.family, packet.icmp_type);
    if (!type) return std::nullopt;
    detail = *type << 8 | packet.icmp_code;
  }
  flow.service = Value{packet.protocol} << 16 | detail;
  return flow;
}

std::optional<Outcome> PacketReference::OwnOf(const Visit& visit, Look look, bool by_reply_tuple) const {
  const auto flow = FlowOf(visit, look, by_reply_tuple);
  return flow ? reference_.Own(*flow) : std::nullopt;
}

std::optional<Outcome> PacketReference::InheritedOf(const Visit& visit, Look look,
                                                    bool by_reply_tuple) const {
  const auto flow = FlowOf(visit, look, by_reply_tuple);
  return flow ? reference_.Inherited(flow->direction, flow->service) : std::nullopt;
}

Outcome PacketReference::Combine(const std::vector<std::optional<Outcome>>& choices,
                                 flow::Direction direction) const {
  for (const auto& choice : choices) {
    if (choice) return *choice;
  }
  return reference_.Unmatched(direction);
}

Outcome PacketReference::LookUp(const Visit& visit, Look look) const {
  const bool forward = look == Look::kForwardThere || look == Look::kForwardBack;
  return Combine({OwnOf(visit, look, false), InheritedOf(visit, look, false)},
                 forward ? flow::Direction::kForward : flow::Direction::kConnect);
}

Outcome PacketReference::ByReplyTuple(const Visit& visit) const {
  return Combine({OwnOf(visit, Look::kConnectBack, true), InheritedOf(visit, Look::kConnectBack, true)},
                 flow::Direction::kConnect);
}

Outcome PacketReference::PickUp(const Visit& visit, const std::vector<Look>& looks) const {
  std::vector<std::optional<Outcome>> choices;
  for (const Look look : looks) choices.push_back(OwnOf(visit, look, false));
  for (const Look look : looks) choices.push_back(InheritedOf(visit, look, false));
  const bool forward = visit.hook == Hook::kForward;
  return Combine(choices, forward ? flow::Direction::kForward : flow::Direction::kConnect);
}

}  // namespace appnet::oracle
