#pragma once
// Contract: an iptables-restore file of one family as data, and what loading it with --noflush does to
// tables.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/interval_set.h"
#include "base/ip_address.h"
#include "base/result.h"

namespace appnet::oracle::iptables {

struct Match {
  enum class Kind {
    kInName,
    kOutName,
    kSource,
    kDestination,
    kProtocol,
    kSourcePorts,
    kDestinationPorts,
    kTcpFlags,
    kIcmp,
    kMark,
    kSourceRange,
    kDestinationRange,
    kPacketType,
    kConnectionLabel,
    kConntrack,
  } kind = Kind::kProtocol;
  bool negated = false;
  std::string name;  // an interface; a trailing + is a wildcard
  std::vector<base::Interval>
      ranges;  // addresses, ports, protocol, packet type (0 host, 1 broadcast, 2 multicast)
  base::Value mask = 0, value = 0;           // addresses, flags, mark
  std::optional<base::Interval> type, code;  // ICMP; none is any
  unsigned label = 0;
  bool set_label = false;
};

// All --ct... options of one `-m conntrack`: the kernel decides them together.
struct Conntrack {
  struct Part {
    enum class Kind {
      kState,
      kDirection,
      kStatus,
      kProtocol,
      kOriginalSource,
      kOriginalDestination,
      kReplySource,
      kReplyDestination,
      kOriginalSourcePort,
      kOriginalDestinationPort,
      kReplySourcePort,
      kReplyDestinationPort,
    } kind = Kind::kState;
    bool negated = false;
    unsigned bits = 0;                // states, statuses; direction 0 original, 1 reply; the protocol
    base::Value mask = 0, value = 0;  // addresses
    base::Interval ports;
  };
  std::vector<Part> parts;
};

inline constexpr unsigned kStateInvalid = 1, kStateEstablished = 2, kStateRelated = 4, kStateNew = 8,
                          kStateUntracked = 16, kStateSourceNat = 32, kStateDestinationNat = 64;
inline constexpr unsigned kStatusExpected = 1, kStatusSeenReply = 2, kStatusAssured = 4, kStatusConfirmed = 8;

struct Target {
  enum class Kind {
    kNone,
    kAccept,
    kReturn,
    kJump,
    kGoto,
    kSecmark,
    kSave,
    kRestore,
    kMark
  } kind = Kind::kNone;
  std::string chain;
  std::string context;
  std::uint32_t mark = 0, mask = 0;  // the packet's mark becomes (mark & ~mask) ^ value, as MARK does
};

struct Rule {
  unsigned line = 0;
  std::string text;                   // without "-A CHAIN", to compare rules
  std::vector<Match> matches;         // in order: a match may have an effect
  std::vector<Conntrack> conntracks;  // matches of kind kConntrack refer to these by `label`
  Target target;
};

struct Chain {
  bool built_in = false;
  std::vector<Rule> rules;
};

using Table = std::map<std::string, Chain>;
using Tables = std::map<std::string, Table>;  // "mangle", "security"

// Loads the file on top of `tables` as `iptables-restore --noflush` does. Unknown words and what the kernel
// or the tool would refuse are errors.
base::Status Load(std::string_view text, base::Family family, Tables& tables);

}  // namespace appnet::oracle::iptables
