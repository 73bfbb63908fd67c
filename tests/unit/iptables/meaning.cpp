#include "unit/iptables/meaning.h"

#include <optional>

namespace appnet::backend::iptables {
namespace {

using flow::Direction;

unsigned IcmpOf(flow::Family family) { return family == flow::Family::kIpv4 ? 1 : 58; }

bool IsIcmpRelated(const Packet& packet) {
  return packet.protocol == IcmpOf(packet.family) && packet.state == "RELATED";
}

bool IsMidstream(const Packet& packet) {
  if (packet.protocol != 6) return false;
  const auto& flags = packet.tcp_flags;
  const bool lone =
      flags.contains("SYN") && !flags.contains("ACK") && !flags.contains("RST") && !flags.contains("FIN");
  return packet.state == "ESTABLISHED" || (packet.state == "NEW" && !lone);
}

// The request's type, for an answer's.
std::optional<unsigned> Request(flow::Family family, unsigned answer) {
  const bool v4 = family == flow::Family::kIpv4;
  if (v4 && answer == 0) return 8;
  if (v4 && (answer == 14 || answer == 16 || answer == 18)) return answer - 1;
  if (!v4 && (answer == 129 || answer == 140)) return answer - 1;
  return std::nullopt;
}

}  // namespace

std::string Meaning::Unmatched(Direction direction) const {
  const bool forward = direction == Direction::kForward;
  return policy_.labels[forward ? policy_.unmatched_forward : policy_.unmatched].context;
}

std::string Meaning::LookUp(const Packet& packet, const std::vector<Reading>& readings) const {
  for (const bool inherited : {false, true}) {
    for (const Reading& reading : readings) {
      const bool there = reading.look == Look::kThere;
      const bool opens_out = reading.direction == Direction::kConnect;
      const bool peer_is_source = reading.direction == Direction::kAccept ? there : !there;
      flow::Flow flow{.direction = reading.direction, .family = packet.family};
      std::string in = packet.in, out = packet.out;
      if (!there) std::swap(in, out);
      flow.interface = policy_.interfaces.ClassOf(opens_out ? out : in);
      if (reading.direction == Direction::kForward) flow.out = policy_.interfaces.ClassOf(out);
      flow.peer = peer_is_source ? packet.source : packet.destination;
      flow.self = peer_is_source ? packet.destination : packet.source;
      unsigned port = there ? packet.destination_port : packet.source_port;
      if (reading.look == Look::kTranslated) {
        flow.peer = packet.connection->reply_source;
        port = packet.connection->reply_source_port;
      }
      unsigned detail = 0;
      if (packet.protocol == IcmpOf(packet.family)) {
        const std::optional<unsigned> type =
            there ? packet.icmp_type : Request(packet.family, packet.icmp_type);
        if (!type) continue;
        detail = *type << 8 | packet.icmp_code;
      } else if (flow::HasPorts(packet.protocol)) {
        detail = port;
      }
      flow.service = flow::ServiceValue(packet.protocol, detail);
      const auto direction = static_cast<std::size_t>(flow.direction);
      const ir::NodeId root = inherited ? policy_.inherited[direction] : policy_.roots[direction];
      if (const ir::Leaf leaf = policy_.diagram.Evaluate(root, ir::PointOf(flow)); leaf != ir::kMiss) {
        return policy_.labels[ir::LabelFor(leaf)].context;
      }
    }
  }
  return Unmatched(readings.front().direction);
}

void Meaning::Prerouting(Packet& packet) const {
  if (packet.in == "lo") return;
  const bool labelled = packet.connection != nullptr && !packet.connection->secmark.empty();
  packet.secmark = labelled ? packet.connection->secmark : policy_.labels[policy_.transit].context;
}

// Steps 1 to 6 of forward and postrouting, 2 to 7 of input.
void Meaning::Stateful(Packet& packet, Reading there, Reading back) const {
  const bool forward = there.direction == Direction::kForward;
  if (packet.state == "INVALID") {
    packet.secmark = Unmatched(there.direction);
  } else if (packet.state == "UNTRACKED") {
    packet.secmark = LookUp(packet, {there});
  } else if (!packet.connection->secmark.empty()) {
    packet.secmark = packet.connection->secmark;
  } else if (IsIcmpRelated(packet)) {
    packet.secmark = Unmatched(there.direction);
  } else {
    std::vector<Reading> readings = {packet.reply ? back : there};
    if (IsMidstream(packet)) {
      readings = there.direction == Direction::kAccept || forward ? std::vector{there, back}
                                                                  : std::vector{back, there};
    }
    packet.secmark = LookUp(packet, readings);
    packet.connection->secmark = packet.secmark;
  }
}

void Meaning::Input(Packet& packet) const {
  if (packet.in == "lo") return Loopback(packet, false);
  const Reading accept{Direction::kAccept, Look::kThere};
  if (packet.type != "unicast") {
    packet.secmark = LookUp(packet, {accept});
  } else {
    Stateful(packet, accept, {Direction::kConnect, Look::kBack});
  }
}

void Meaning::Forward(Packet& packet) const {
  Stateful(packet, {Direction::kForward, Look::kThere}, {Direction::kForward, Look::kBack});
}

void Meaning::Postrouting(Packet& packet) const {
  if (packet.out == "lo") return Loopback(packet, true);
  Stateful(packet, {Direction::kConnect, Look::kThere}, {Direction::kAccept, Look::kBack});
}

void Meaning::Loopback(Packet& packet, bool output) const {
  const Reading original{output ? Direction::kConnect : Direction::kAccept, Look::kThere};
  Reading answer{output ? Direction::kAccept : Direction::kConnect, Look::kBack};
  if (packet.state == "INVALID" || (packet.state != "UNTRACKED" && IsIcmpRelated(packet))) {
    packet.secmark = Unmatched(original.direction);
    return;
  }
  if (packet.state == "UNTRACKED") {
    packet.secmark = LookUp(packet, {original});
    return;
  }
  if (output && packet.state == "NEW" && IsMidstream(packet)) packet.connection->labels.insert(126);
  if (packet.connection->labels.contains(126)) {
    const Reading& accept = output ? answer : original;
    const Reading& connect = output ? original : answer;
    packet.secmark = LookUp(packet, {accept, connect});
    return;
  }
  if (!output && packet.connection->translated) answer.look = Look::kTranslated;
  packet.secmark = LookUp(packet, {packet.reply ? answer : original});
}

}  // namespace appnet::backend::iptables
