#pragma once
// Contract: an nftables file as data: what the kernel would hold after `nft -f`. Every match is a look-up of
// a key in a set; a constant is a set of one element.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/interval_set.h"
#include "base/result.h"
#include "oracle/packet.h"

namespace appnet::oracle::nft {

enum class Type {
  kIpv4Address,
  kIpv6Address,
  kPort,
  kProtocol,
  kInterfaceName,
  kInterfaceIndex,
  kIcmpType,
  kIcmpCode,
  kIcmpv6Type,
  kIcmpv6Code,
  kFamily,
  kPacketType,
  kState,
  kDirection,
  kStatus,
  kConnectionLabel,
  kMark,
  kPacketMark,
  kTcpFlags,
};

// What a rule can read.
enum class Selector {
  kInName,
  kOutName,
  kInIndex,
  kOutIndex,
  kFamily,
  kProtocol,
  kPacketType,
  kSecmark,
  kPacketMark,
  kState,
  kDirection,
  kStatus,
  kConnectionLabel,
  kConnectionSecmark,
  kIpSource,
  kIpDestination,
  kIp6Source,
  kIp6Destination,
  kAnySourcePort,
  kAnyDestinationPort,
  kTcpSourcePort,
  kTcpDestinationPort,
  kUdpSourcePort,
  kUdpDestinationPort,
  kIcmpType,
  kIcmpCode,
  kIcmpv6Type,
  kIcmpv6Code,
  kTcpFlags,
};

// Values of status and state as the kernel numbers them.
inline constexpr unsigned kStateInvalid = 1, kStateEstablished = 2, kStateRelated = 4, kStateNew = 8,
                          kStateUntracked = 64;
inline constexpr unsigned kStatusExpected = 1, kStatusSeenReply = 2, kStatusAssured = 4, kStatusConfirmed = 8,
                          kStatusSourceNat = 16, kStatusDestinationNat = 32;

struct Verdict {
  enum class Kind { kAccept, kReturn, kJump, kGoto } kind = Kind::kAccept;
  std::string chain;
};

struct Element {
  std::vector<base::Interval> key;  // empty for the catch-all element
  std::string object;               // of a secmark map
  Verdict verdict;                  // of a verdict map
};

struct Set {
  enum class Data { kNone, kSecmark, kVerdict } data = Data::kNone;
  std::string name;  // empty for one written inside a rule
  std::vector<Type> types;
  bool interval = false;
  std::vector<Element> elements;
};

struct Statement {
  enum class Kind {
    kMatch,    // break unless the key is in the set (or, negated, is not)
    kFlags,    // break unless (value & mask) == flags, or != when negated
    kAnyFlag,  // break unless value & mask
    kVerdictMap,
    kVerdict,
    kMarkByMap,       // meta secmark set KEY map ...
    kMarkObject,      // meta secmark set "name"
    kMarkConnection,  // meta secmark set ct secmark
    kSaveMark,        // ct secmark set meta secmark
    kSetLabel,        // ct label set N
    kSetBits,         // meta mark set meta mark & MASK | FLAGS, one of the two
  } kind = Kind::kMatch;
  std::vector<Selector> key;
  std::vector<base::Value> masks;  // of each part: "ip daddr & 255.255.255.0"
  std::string set;                 // a named set, or
  Set inline_set;
  bool negated = false;
  unsigned mask = 0, flags = 0;
  std::string object;
  unsigned label = 0;
  Verdict verdict;
};

struct Rule {
  unsigned line = 0;
  std::vector<Statement> statements;
};

struct Chain {
  std::optional<Hook> hook;  // a base chain
  int priority = 0;
  std::vector<Rule> rules;
};

struct Table {
  std::map<std::string, std::string> objects;  // secmark name to context
  std::map<std::string, Set> sets;
  std::map<std::string, Chain> chains;
};

// Reads a file, and refuses whatever it does not know.
base::Result<Table> Parse(std::string_view text);
// What the kernel would refuse: missing names, types that do not fit, overlapping elements, too long keys and
// names, loops.
base::Status Check(const Table& table);

std::vector<Type> TypesOf(const std::vector<Selector>& key);
// An interface name as the kernel compares it: 16 bytes, padded with zeros.
base::Value NameValue(std::string_view name);
// Its number: none is 0, lo is 1 in every namespace, another's is only told from these.
inline constexpr base::Value kLoopbackIndex = 1;
inline base::Value IndexOf(std::string_view name) {
  return name.empty() ? 0 : name == "lo" ? kLoopbackIndex : 7;
}

}  // namespace appnet::oracle::nft
