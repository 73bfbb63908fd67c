#include "oracle/conntrack_model.h"

namespace appnet::oracle {

std::optional<unsigned> AnswerOf(Family family, unsigned type) {
  if (family == Family::kIpv4) {
    if (type == 8) return 0;
    if (type == 13 || type == 15 || type == 17) return type + 1;
    return std::nullopt;
  }
  if (type == 128 || type == 139) return type + 1;
  return std::nullopt;
}

int ConntrackModel::Open(const Opening& opening) {
  Connection connection;
  connection.family = opening.family;
  connection.protocol = opening.protocol;
  connection.original = opening.original;
  const Tuple& original = opening.original;
  connection.reply = {original.destination, original.source, original.destination_port, original.source_port};
  if (CarriesIcmp(opening.family, opening.protocol)) {
    // the identifier stays, the type becomes the answer's
    const unsigned answer = AnswerOf(opening.family, original.destination_port >> 8).value_or(0);
    connection.reply.source_port = original.source_port;
    connection.reply.destination_port = answer << 8 | (original.destination_port & 0xff);
  }
  if (opening.translated) {
    connection.destination_translated = true;
    connection.reply.source = opening.translated->first;
    if (CarriesPorts(opening.protocol)) connection.reply.source_port = opening.translated->second;
  }
  if (opening.hidden) {
    connection.source_translated = true;
    connection.reply.destination = opening.hidden->first;
    if (CarriesPorts(opening.protocol)) connection.reply.destination_port = opening.hidden->second;
  }
  connection.master = opening.master;
  connection.established = opening.established;
  connection.holds_labels = opening.holds_labels;
  conversation_.connections.push_back(connection);
  statuses_.push_back({opening.established, opening.master >= 0});
  return static_cast<int>(conversation_.connections.size()) - 1;
}

// A packet of the original direction has its destination translated first, its source last; the answers the
// same backwards.
ConntrackModel::Stages ConntrackModel::StagesOf(int connection, bool reply, const Packet& shape) const {
  const Connection& c = conversation_.connections[static_cast<std::size_t>(connection)];
  const auto make = [&](Value source, unsigned source_port, Value destination, unsigned destination_port) {
    Packet packet = shape;
    packet.family = c.family;
    packet.protocol = c.protocol;
    packet.source = source;
    packet.destination = destination;
    if (CarriesPorts(c.protocol)) {
      packet.source_port = source_port;
      packet.destination_port = destination_port;
    } else if (CarriesIcmp(c.family, c.protocol)) {
      const unsigned message = reply ? c.reply.destination_port : c.original.destination_port;
      packet.icmp_type = message >> 8;
      packet.icmp_code = message & 0xff;
    }
    return packet;
  };
  const Tuple& o = c.original;
  const Tuple& r = c.reply;
  if (!reply) {
    return {make(o.source, o.source_port, o.destination, o.destination_port),
            make(o.source, o.source_port, r.source, r.source_port),
            make(r.destination, r.destination_port, r.source, r.source_port)};
  }
  return {make(r.source, r.source_port, r.destination, r.destination_port),
          make(r.source, r.source_port, o.source, o.source_port),
          make(o.destination, o.destination_port, o.source, o.source_port)};
}

Journey& ConntrackModel::AddJourney(Path path, bool reply, const Interfaces& interfaces, const Stages& stages,
                                    State state, int connection) {
  Journey& journey = conversation_.journeys.emplace_back();
  const auto add = [&](Hook hook, const Packet& packet, const std::string& in, const std::string& out) {
    Visit visit;
    visit.hook = hook;
    visit.packet = packet;
    visit.packet.type = hook == Hook::kPrerouting || hook == Hook::kInput ? packet.type : PacketType::kHost;
    visit.in = in;
    visit.out = out;
    visit.state = state;
    visit.reply = reply;
    visit.connection = connection;
    journey.visits.push_back(visit);
  };
  switch (path) {
    case Path::kIn:
      add(Hook::kPrerouting, stages.raw, interfaces.in, "");
      add(Hook::kInput, stages.middle, interfaces.in, "");
      break;
    case Path::kOut:
      add(Hook::kOutput, stages.raw, "", interfaces.out);
      add(Hook::kPostrouting, stages.middle, "", interfaces.out);
      break;
    case Path::kLoopback:
      add(Hook::kOutput, stages.raw, "", "lo");
      add(Hook::kPostrouting, stages.middle, "", "lo");
      add(Hook::kPrerouting, stages.final, "lo", "");
      add(Hook::kInput, stages.final, "lo", "");
      break;
    case Path::kForward:
      add(Hook::kPrerouting, stages.raw, interfaces.in, "");
      add(Hook::kForward, stages.middle, interfaces.in, interfaces.out);
      add(Hook::kPostrouting, stages.middle, interfaces.in, interfaces.out);
      break;
    case Path::kLoopedBack:
      add(Hook::kOutput, stages.raw, "", interfaces.out);
      add(Hook::kPostrouting, stages.middle, "", interfaces.out);
      add(Hook::kPrerouting, stages.final, interfaces.out, "");
      add(Hook::kInput, stages.final, interfaces.out, "");
      break;
  }
  return journey;
}

Journey& ConntrackModel::Send(int connection, bool reply, Path path, const Interfaces& interfaces,
                              const Packet& shape) {
  Status& status = statuses_[static_cast<std::size_t>(connection)];
  if (reply) status.seen_reply = true;
  const State state = status.seen_reply ? State::kEstablished
                      : status.expected ? State::kRelated
                                        : State::kNew;
  return AddJourney(path, reply, interfaces, StagesOf(connection, reply, shape), state, connection);
}

Journey& ConntrackModel::SendError(int connection, bool reply, Path path, const Interfaces& interfaces,
                                   Packet error) {
  return AddJourney(path, reply, interfaces, {error, error, error}, State::kRelated, connection);
}

Journey& ConntrackModel::SendAlone(int connection, bool reply, Path path, const Interfaces& interfaces,
                                   const Packet& shape, State state) {
  const Packet raw = StagesOf(connection, reply, shape).raw;
  // what is not tracked is not translated
  return AddJourney(path, reply, interfaces, {raw, raw, raw}, state, -1);
}

}  // namespace appnet::oracle
