#pragma once
// Contract: what a rules text says, as a value: chains of rules, each a list of steps in the order in which
// the kernel takes them. A step is a test (the rule ends where it fails), an effect, or a verdict. Made by
// ReadNftables and ReadIptables; knows nothing of what the rules are for.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/interval_set.h"
#include "base/ip_address.h"

namespace appnet::verify::rules {

using base::Family;
using base::Interval;
using base::IntervalSet;
using base::Value;

enum class Backend { kNftables, kIptables };
enum class Hook { kPrerouting, kInput, kForward, kOutput, kPostrouting };
inline constexpr std::size_t kHookCount = 5;
constexpr std::size_t IndexOf(Hook hook) { return static_cast<std::size_t>(hook); }

using ChainId = std::uint32_t;
using MapId = std::uint32_t;
using ContextId = std::uint32_t;  // index into Ruleset::contexts

enum class Selector {
  kInName,
  kOutName,
  kFamily,
  kProtocol,
  kSource,
  kDestination,
  kSourcePort,
  kDestinationPort,
  kIcmpType,
  kIcmpCode,
  kReplySource,      // of the connection's reply tuple
  kReplySourcePort,  // likewise
};

// `family`: of addresses and of ICMP.
struct KeyPart {
  Selector selector = Selector::kProtocol;
  Family family = Family::kIpv4;
  unsigned host_bits = 0;  // of an address: so many of its last bits are taken as zero
  friend bool operator==(const KeyPart&, const KeyPart&) = default;
};
using Key = std::vector<KeyPart>;

// Connection states, as bits. The last two are iptables' words for a translated connection.
inline constexpr unsigned kInvalid = 1;
inline constexpr unsigned kUntracked = 2;
inline constexpr unsigned kNew = 4;
inline constexpr unsigned kEstablished = 8;
inline constexpr unsigned kRelated = 16;
inline constexpr unsigned kStateDnat = 32;
inline constexpr unsigned kStateSnat = 64;

inline constexpr unsigned kStatusExpected = 1;
inline constexpr unsigned kStatusDnat = 2;

inline constexpr unsigned kToHost = 1;
inline constexpr unsigned kBroadcast = 2;
inline constexpr unsigned kMulticast = 4;

struct Verdict {
  enum class Kind { kAccept, kReturn, kJump, kGoto };
  Kind kind = Kind::kReturn;
  ChainId chain = 0;
};

// Tests.
struct PacketTest {
  KeyPart key;
  std::vector<std::string> names;  // of interfaces; a trailing star is a wildcard
  IntervalSet values;              // of every other selector
  bool negated = false;
};
struct ConnectionTest {  // of the parts that are given; a packet without a connection has a state alone
  unsigned states = 0;
  unsigned statuses = 0;
  std::optional<bool> reply;
};
struct ConnectionLabelTest {
  unsigned bit = 0;
  bool set = false;  // sets the bit, and fails where there is no room for it
};
struct PacketTypeTest {
  unsigned types = 0;
};
struct TcpFlagsTest {
  unsigned mask = 0;
  unsigned value = 0;
  bool negated = false;
};
struct MarkTest {
  std::uint32_t mask = 0;
  std::uint32_t value = 0;
};
struct LabelledTest {};  // the packet's connection has a label
struct MemberTest {
  Key key;
  MapId set = 0;
};

// Effects.
struct SetLabel {
  ContextId context = 0;
};
struct SetLabelFromMap {  // a test as well: the rule ends on a miss
  Key key;
  MapId map = 0;
};
struct Restore {};
struct Save {};
struct SetConnectionLabel {
  unsigned bit = 0;
};
struct SetMark {  // mark = (mark & ~mask) ^ value
  std::uint32_t mask = 0;
  std::uint32_t value = 0;
};

// Verdicts by a value; the rule ends where no element has it.
struct VerdictMap {
  struct Element {
    std::string name;   // of an interface
    Interval interval;  // otherwise
    Verdict verdict;
  };
  KeyPart key;
  std::vector<Element> elements;
};

using Step = std::variant<PacketTest, ConnectionTest, ConnectionLabelTest, PacketTypeTest, TcpFlagsTest,
                          MarkTest, LabelledTest, MemberTest, SetLabel, SetLabelFromMap, Restore, Save,
                          SetConnectionLabel, SetMark, Verdict, VerdictMap>;

struct Rule {
  unsigned line = 0;
  std::vector<Step> steps;
};

struct Chain {
  std::string name;
  unsigned line = 0;
  bool declared = false;
  std::vector<Rule> rules;
};

enum class KeyType { kIpv4, kIpv6, kPort, kProtocol, kIcmpType, kIcmpv6Type, kIcmpCode, kIcmpv6Code };

// A map from keys to labels, or a set of keys.
struct Map {
  std::string name;
  unsigned line = 0;
  std::vector<KeyType> types;
  bool is_set = false;
  std::vector<Interval> keys;       // types.size() for each element, one element after the other
  std::vector<ContextId> contexts;  // of a map's elements
  std::vector<unsigned> host_bits;  // of each part of the key, once a rule has said; `keys` have them
  std::size_t size() const { return types.empty() ? 0 : keys.size() / types.size(); }
};

struct LabelObject {  // nftables names its labels
  std::string name;
  ContextId context = 0;
  unsigned line = 0;
};

struct Ruleset {
  Backend backend = Backend::kNftables;
  std::optional<Family> family;  // of a text for one family
  std::vector<std::string> contexts;
  std::vector<LabelObject> labels;
  std::vector<Map> maps;
  std::vector<Chain> chains;
  std::optional<ChainId> entries[kHookCount];  // by Hook
};

// Why a text was refused.
struct Refusal {
  unsigned line = 0;
  std::string why;
};

}  // namespace appnet::verify::rules
