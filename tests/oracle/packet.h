#pragma once
// Contract: packets and connections as netfilter shows them to rules at a hook, and conversations: packets in
// the order in which they travel. Shared by the reference and the models of the two rule sets; knows nothing
// of labels' meaning.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ip_address.h"

namespace appnet::oracle {

using base::Family;
using base::Value;

enum class Hook { kPrerouting, kInput, kForward, kOutput, kPostrouting };
enum class PacketType { kHost, kBroadcast, kMulticast };
enum class State { kInvalid, kUntracked, kNew, kEstablished, kRelated };

inline constexpr unsigned kFin = 0x01;
inline constexpr unsigned kSyn = 0x02;
inline constexpr unsigned kRst = 0x04;
inline constexpr unsigned kPsh = 0x08;
inline constexpr unsigned kAck = 0x10;

inline constexpr unsigned kIcmp = 1;
inline constexpr unsigned kTcp = 6;
inline constexpr unsigned kUdp = 17;
inline constexpr unsigned kDccp = 33;
inline constexpr unsigned kIcmpv6 = 58;
inline constexpr unsigned kSctp = 132;
inline constexpr unsigned kUdplite = 136;

inline bool CarriesPorts(unsigned protocol) {
  return protocol == kTcp || protocol == kUdp || protocol == kDccp || protocol == kSctp ||
         protocol == kUdplite;
}
// ICMP of its own family; protocol 1 over IPv6 is just a protocol.
inline bool CarriesIcmp(Family family, unsigned protocol) {
  return family == Family::kIpv4 ? protocol == kIcmp : protocol == kIcmpv6;
}

struct Packet {
  Family family = Family::kIpv4;
  Value source = 0;
  Value destination = 0;
  unsigned protocol = 0;
  unsigned source_port = 0;  // of the protocols that have ports
  unsigned destination_port = 0;
  unsigned icmp_type = 0;  // of ICMP in its own family
  unsigned icmp_code = 0;
  unsigned tcp_flags = 0;
  std::uint32_t payload = 0;  // what stands where ports would be, in other protocols
  PacketType type = PacketType::kHost;
};

// One side's tuple of a connection-tracking entry. For ICMP the source port is the echo's identifier and the
// destination port is type * 256 + code, as in the kernel.
struct Tuple {
  Value source = 0;
  Value destination = 0;
  unsigned source_port = 0;
  unsigned destination_port = 0;
};

struct Connection {
  Family family = Family::kIpv4;
  unsigned protocol = 0;
  Tuple original;
  Tuple reply;  // of the packets the answer really has: the inverse of the original after translation
  bool source_translated = false;
  bool destination_translated = false;
  int master = -1;  // the connection that made the kernel expect this one; it copies the master's label
  bool established = false;  // from before the rules came
  bool holds_labels =
      true;  // connections from before the first label rule have no room for connection labels
};

// A packet at one hook.
struct Visit {
  Hook hook = Hook::kInput;
  Packet packet;
  std::string in;  // empty when there is none
  std::string out;
  State state = State::kUntracked;
  bool reply = false;   // direction, where there is a connection
  int connection = -1;  // index into the conversation's
};

// One packet's way through the machine. Over lo the sending and the receiving half are one journey.
struct Journey {
  std::vector<Visit> visits;
  std::string carried;  // the label it arrives with, from another namespace
  std::uint32_t mark = 0;
};

struct Conversation {
  std::string kind;
  std::vector<Connection> connections;
  std::vector<Journey> journeys;
};

// What the rules have written on a connection.
struct Entry {
  const Connection* connection = nullptr;
  bool seen = false;
  bool seen_reply = false;
  std::string secmark;  // a context; empty for none
  std::set<unsigned> labels;
};

// A visit with what rules can read and write.
struct Passing {
  const Visit* visit = nullptr;
  Entry* entry = nullptr;  // none when invalid or untracked
  std::string secmark;
  std::uint32_t mark = 0;
};

class RuleSet {
 public:
  virtual ~RuleSet() = default;
  virtual void Traverse(Passing& passing) const = 0;
};

// The label of the packet after each visit, its mark, and the label on its connection, in the conversation's
// order.
struct Trace {
  struct Step {
    std::string secmark;
    std::uint32_t mark = 0;
    std::optional<std::string> saved;  // none where it was not looked at
  };
  std::vector<std::vector<Step>> journeys;
};
Trace Play(const Conversation& conversation, const RuleSet& rules);

std::string Describe(const Visit& visit);
std::string Describe(const Conversation& conversation);

}  // namespace appnet::oracle
