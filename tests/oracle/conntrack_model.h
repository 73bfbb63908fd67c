#pragma once
// Contract: builds one conversation packet by packet: keeps the state of its connections as the kernel's
// connection tracking does, and the addresses a packet shows at each hook while it is translated.

#include <optional>
#include <string>

#include "oracle/packet.h"

namespace appnet::oracle {

enum class Path { kIn, kOut, kLoopback, kForward, kLoopedBack };

struct Interfaces {
  std::string in;   // of the client's packets, when forwarded: where they arrive
  std::string out;  // where they leave
};

class ConntrackModel {
 public:
  explicit ConntrackModel(std::string kind) { conversation_.kind = std::move(kind); }

  // A new connection, opened by `original`; `translated` is its destination after translation, `hidden` the
  // source that source translation shows.
  struct Opening {
    Family family = Family::kIpv4;
    unsigned protocol = 0;
    Tuple original;
    std::optional<std::pair<Value, unsigned>> translated;
    std::optional<std::pair<Value, unsigned>> hidden;
    int master = -1;
    bool established = false;  // from before the rules came
    bool holds_labels = true;
  };
  int Open(const Opening& opening);

  // One packet of the connection, with the fields that the tuples do not say taken from `shape`.
  Journey& Send(int connection, bool reply, Path path, const Interfaces& interfaces, const Packet& shape);
  // An ICMP error about the connection, from `source` to `destination`.
  Journey& SendError(int connection, bool reply, Path path, const Interfaces& interfaces, Packet error);
  // The same packet as Send, without a connection.
  Journey& SendAlone(int connection, bool reply, Path path, const Interfaces& interfaces, const Packet& shape,
                     State state);

  Conversation Take() { return std::move(conversation_); }

 private:
  struct Status {
    bool seen_reply = false;
    bool expected = false;
  };
  struct Stages {
    Packet raw, middle, final;
  };
  Stages StagesOf(int connection, bool reply, const Packet& shape) const;
  Journey& AddJourney(Path path, bool reply, const Interfaces& interfaces, const Stages& stages, State state,
                      int connection);

  Conversation conversation_;
  std::vector<Status> statuses_;
};

// The ICMP type of the answer to a request that connection tracking knows, or none.
std::optional<unsigned> AnswerOf(Family family, unsigned type);

}  // namespace appnet::oracle
