#include "oracle/conversations.h"

#include "oracle/conntrack_model.h"

namespace appnet::oracle {
namespace {

constexpr const char* kForeign = "system_u:object_r:foreign_packet_t:s0";

std::string NameOfClass(flow::InterfaceClassId id, const ReferenceEvaluator& reference, Random& random) {
  const flow::InterfaceClass& wanted = reference.program().interfaces[id];
  if (wanted.kind == flow::InterfaceClass::Kind::kExact) return wanted.text;
  static const std::vector<std::string> kEndings = {"", "0", "3x", "s0", "3", "zz"};
  static const std::vector<std::string> kOthers = {"wlp9", "x", "eth", "eth01", "lo1", "l", "en", "ens"};
  for (int attempt = 0; attempt < 50; ++attempt) {
    std::string name = wanted.kind == flow::InterfaceClass::Kind::kPrefix
                           ? wanted.text + random.Pick(kEndings)
                           : random.Pick(kOthers);
    if (name.size() <= 15 && reference.ClassOf(name) == id) return name;
  }
  return "unlikely-name0";
}

class Maker {
 public:
  Maker(Scene scene, const flow::Flow& flow, const ReferenceEvaluator& reference, Random& random)
      : scene_(scene), flow_(flow), random_(random), model_(NameOf(scene)) {
    here_ = NameOfClass(flow.interface, reference, random);
    there_ = NameOfClass(flow.out, reference, random);
    // anything but the loopback scene stays off lo
    if (here_ == "lo") here_ = "eth0";
    if (there_ == "lo") there_ = "wan0";
    protocol_ = static_cast<unsigned>(flow.service >> 16);
    detail_ = static_cast<unsigned>(flow.service & 0xffff);
    const bool peer_serves = flow.direction != flow::Direction::kAccept;
    client_ = peer_serves ? flow.self : flow.peer;
    server_ = peer_serves ? flow.peer : flow.self;
  }

  Conversation Make() {
    if (scene_ == Scene::kMulticast || scene_ == Scene::kLoopedMulticast) {
      MakeMulticast();
      return model_.Take();
    }
    int master = -1;
    if (random_.Percent(10) && scene_ != Scene::kLoopback && CarriesPorts(protocol_)) master = MakeMaster();
    ConntrackModel::Opening opening = MakeOpening();
    opening.master = master;
    // Only a connection from before the rules has a silent master and is open already.
    if (master >= 0 && master_is_silent_ && random_.Percent(40)) {
      opening.established = true;
      opening.holds_labels = random_.Percent(50);
    }
    const bool request =
        !CarriesIcmp(flow_.family, protocol_) || AnswerOf(flow_.family, detail_ >> 8).has_value();
    if (!opening.translated && !opening.hidden && random_.Percent(12) &&
        !CarriesIcmp(flow_.family, protocol_))
      Reverse(opening);
    if (master < 0 && random_.Percent(18) && request) {
      opening.established = true;
      opening.holds_labels = random_.Percent(50);
    }
    const int connection = model_.Open(opening);
    if (!request && random_.Percent(70)) {
      // connection tracking opens no flow with such a message
      const State state = flow_.family == Family::kIpv4 ? State::kInvalid
                          : random_.Percent(50)         ? State::kUntracked
                                                        : State::kInvalid;
      Dress(
          model_.SendAlone(connection, false, PathOf(false), InterfacesOf(false), Shape(false, true), state));
      return model_.Take();
    }
    Exchange(connection, opening.established, request);
    return model_.Take();
  }

  Conversation MakeLookups() {
    ConntrackModel::Opening opening = MakeOpening();
    opening.translated.reset();
    opening.hidden.reset();
    opening.original.destination = server_;
    if (CarriesPorts(protocol_)) opening.original.destination_port = detail_;
    opening.established = true;
    const int connection = model_.Open(opening);
    Packet shape;
    shape.payload = static_cast<std::uint32_t>(random_.Bits());
    shape.tcp_flags = kAck;
    model_.SendAlone(connection, false, PathOf(false), InterfacesOf(false), shape, State::kUntracked);
    model_.Send(connection, true, PathOf(true), InterfacesOf(true), shape);
    return model_.Take();
  }

 private:
  static std::string NameOf(Scene scene) {
    constexpr const char* kNames[] = {"outgoing",  "incoming",  "loopback",
                                      "forwarded", "multicast", "looped multicast"};
    return kNames[static_cast<int>(scene)];
  }

  Value SomeAddress() {
    const Value near = random_.Percent(50) ? client_ : server_;
    return random_.Percent(50) ? near ^ 1 : near ^ (1 + random_.Below(1000));
  }
  unsigned SomePort() {
    static const std::vector<unsigned> kPorts = {40000, 1, 80, 443, 53, 22, 65535, 5050, 81, 8080};
    return random_.Percent(30) ? detail_ : random_.Pick(kPorts);
  }

  ConntrackModel::Opening MakeOpening() {
    ConntrackModel::Opening opening;
    opening.family = flow_.family;
    opening.protocol = protocol_;
    opening.original = {client_, server_, 0, 0};
    if (CarriesPorts(protocol_)) {
      opening.original.source_port = SomePort();
      opening.original.destination_port = detail_;
    } else if (CarriesIcmp(flow_.family, protocol_)) {
      opening.original.source_port = static_cast<unsigned>(random_.Below(65536));
      opening.original.destination_port = detail_;
    }
    if (random_.Percent(20)) {
      opening.translated = {server_, detail_};
      opening.original.destination = SomeAddress();
      if (CarriesPorts(protocol_)) opening.original.destination_port = SomePort();
    }
    if (random_.Percent(10)) opening.hidden = {SomeAddress(), SomePort()};
    return opening;
  }

  // The server's packet is the first that connection tracking sees.
  void Reverse(ConntrackModel::Opening& opening) {
    std::swap(opening.original.source, opening.original.destination);
    std::swap(opening.original.source_port, opening.original.destination_port);
    reversed_ = true;
  }

  // The connection that made the kernel expect ours; sometimes one without a label, because it is from before
  // the rules.
  int MakeMaster() {
    ConntrackModel::Opening opening;
    opening.family = flow_.family;
    opening.protocol = kTcp;
    opening.original = {client_, server_, 39999, 21};
    const bool silent = random_.Percent(20);
    opening.established = silent;
    master_is_silent_ = silent;
    const int master = model_.Open(opening);
    if (silent) return master;
    Packet shape;
    shape.tcp_flags = kSyn;
    const unsigned protocol = std::exchange(protocol_, kTcp);
    Dress(model_.Send(master, false, PathOf(false), InterfacesOf(false), shape));
    shape.tcp_flags = kSyn | kAck;
    Dress(model_.Send(master, true, PathOf(true), InterfacesOf(true), shape));
    protocol_ = protocol;
    return master;
  }

  // `reply`: of the connection as tracked.
  Path PathOf(bool reply) const {
    const bool from_client = reply == reversed_;
    switch (scene_) {
      case Scene::kLoopback:
        return Path::kLoopback;
      case Scene::kForwarded:
        return Path::kForward;
      case Scene::kOutgoing:
        return from_client ? Path::kOut : Path::kIn;
      default:
        return from_client ? Path::kIn : Path::kOut;
    }
  }

  Interfaces InterfacesOf(bool reply) {
    std::string here = here_, there = there_;
    if (random_.Percent(4)) here = "eth1";  // the route changed
    if (scene_ != Scene::kForwarded) return {here, here};
    return reply == reversed_ ? Interfaces{here, there} : Interfaces{there, here};
  }

  Packet Shape(bool reply, bool first) {
    static const std::vector<unsigned> kLater = {kAck, kAck | kPsh, kFin | kAck, kRst, kRst | kAck, kSyn, 0};
    static const std::vector<unsigned> kMidStream = {kAck, kAck | kPsh, kSyn | kAck, kFin | kAck,
                                                     0,    kRst,        kSyn | kFin};
    Packet shape;
    shape.payload = static_cast<std::uint32_t>(random_.Bits());
    if (protocol_ != kTcp) return shape;
    if (!first) {
      shape.tcp_flags = reply && random_.Percent(40) ? kSyn | kAck : random_.Pick(kLater);
    } else {
      shape.tcp_flags = reversed_ || random_.Percent(25) ? random_.Pick(kMidStream)
                        : random_.Percent(10)            ? kSyn | kPsh
                                                         : kSyn;
    }
    return shape;
  }

  void Dress(Journey& journey) {
    const Hook first = journey.visits.front().hook;
    if (first == Hook::kPrerouting && random_.Percent(10)) journey.carried = kForeign;
    // The kernel's packets for neighbours and groups, and those of a tunnel, name one; ours may be any.
    if (first == Hook::kOutput && random_.Percent(10)) {
      for (Visit& visit : journey.visits) {
        if (visit.hook == Hook::kPostrouting) visit.in = "tun0";
      }
      if (random_.Percent(50)) journey.carried = kForeign;  // of the packet inside
    }
    if (random_.Percent(30)) journey.mark = static_cast<std::uint32_t>(random_.Bits());
  }

  void Exchange(int connection, bool established, bool answers) {
    const std::size_t packets = 2 + random_.Below(5);
    bool known = established;  // to connection tracking, whose first packet is of the original direction
    for (std::size_t i = 0; i < packets; ++i) {
      bool reply = known && answers && (i == 1 ? random_.Percent(75) : i > 1 && random_.Percent(50));
      if (i == 0 && established) reply = random_.Percent(50);
      const std::size_t chance = random_.Below(100);
      if (chance < 8 && known && i > 0) {
        SendError(connection, random_.Percent(50));
      } else if (chance < 14) {
        const State state = random_.Percent(50) ? State::kInvalid : State::kUntracked;
        Dress(model_.SendAlone(connection, reply, PathOf(reply), InterfacesOf(reply), Shape(reply, i == 0),
                               state));
      } else {
        Dress(model_.Send(connection, reply, PathOf(reply), InterfacesOf(reply), Shape(reply, !known)));
        known = true;
      }
    }
    if (established && random_.Percent(30)) SendError(connection, random_.Percent(50));
  }

  void SendError(int connection, bool reply) {
    Packet error;
    error.family = flow_.family;
    error.protocol = flow_.family == Family::kIpv4 ? kIcmp : kIcmpv6;
    static const std::vector<unsigned> kV4 = {3, 11, 12, 5}, kV6 = {1, 2, 3, 4};
    error.icmp_type = random_.Pick(flow_.family == Family::kIpv4 ? kV4 : kV6);
    error.icmp_code = static_cast<unsigned>(random_.Below(5));
    error.source = random_.Percent(50) ? server_ : SomeAddress();
    error.destination = client_;
    Path path = PathOf(reply);
    // a router in between sends errors itself, and receives them
    if (path == Path::kForward && random_.Percent(30)) path = random_.Percent(50) ? Path::kOut : Path::kIn;
    Dress(model_.SendError(connection, reply, path, InterfacesOf(reply), error));
  }

  void MakeMulticast() {
    ConntrackModel::Opening opening = MakeOpening();
    opening.translated.reset();
    opening.hidden.reset();
    opening.original.destination = server_;
    const int connection = model_.Open(opening);
    const bool looped = scene_ == Scene::kLoopedMulticast;
    for (std::size_t i = 1 + random_.Below(3); i > 0; --i) {
      Packet shape = Shape(false, true);
      shape.type = looped || random_.Percent(60) ? PacketType::kMulticast : PacketType::kBroadcast;
      const Path path = looped ? Path::kLoopedBack : Path::kIn;
      if (random_.Percent(15)) {
        const State state = random_.Percent(50) ? State::kInvalid : State::kUntracked;
        Dress(model_.SendAlone(connection, false, path, InterfacesOf(false), shape, state));
      } else {
        Dress(model_.Send(connection, false, path, InterfacesOf(false), shape));
      }
    }
  }

  Scene scene_;
  const flow::Flow& flow_;
  Random& random_;
  ConntrackModel model_;
  std::string here_, there_;
  unsigned protocol_ = 0, detail_ = 0;
  Value client_ = 0, server_ = 0;
  bool reversed_ = false;
  bool master_is_silent_ = false;
};

}  // namespace

Conversation MakeConversation(Scene scene, const flow::Flow& flow, const ReferenceEvaluator& reference,
                              Random& random) {
  return Maker(scene, flow, reference, random).Make();
}

Conversation MakeLookups(Scene scene, const flow::Flow& flow, const ReferenceEvaluator& reference,
                         Random& random) {
  return Maker(scene, flow, reference, random).MakeLookups();
}

}  // namespace appnet::oracle
