#include "oracle/iptables_parse.h"

#include <fmt/format.h>

#include <set>

#include "oracle/iptables_words.h"
#include "oracle/packet.h"

namespace appnet::oracle::iptables {
namespace {

constexpr std::size_t kMaxContext = 255;
constexpr std::size_t kMaxComment = 255;
constexpr unsigned kMaxMultiports = 15;

class RuleParser {
 public:
  RuleParser(const std::vector<std::string>& words, Family family) : words_(words), family_(family) {}

  Rule Parse() {
    while (position_ < words_.size()) ParseOption();
    if (rule_.target.kind == Target::Kind::kNone && !target_allowed_absent_)
      throw ParseError("rule without target");
    return std::move(rule_);
  }

 private:
  std::string Next() {
    if (position_ >= words_.size()) throw ParseError("rule ends early");
    return words_[position_++];
  }

  base::Value Address(const std::string& text) const {
    const auto address = base::ParseAddress(text);
    if (!address || address->family != family_) throw ParseError("not an address of this family: " + text);
    return address->value;
  }

  // "10.0.0.0/8" as value and mask. The tools clear host bits themselves; we refuse them.
  void ParseNetwork(const std::string& text, base::Value& value, base::Value& mask) const {
    const int bits = base::AddressBits(family_);
    const base::Value all = base::MaxAddress(family_);
    const std::size_t slash = text.find('/');
    value = Address(text.substr(0, slash));
    mask = all;
    if (slash != std::string::npos) {
      const std::string length = text.substr(slash + 1);
      if (length.find_first_of(".:") != std::string::npos) {
        mask = Address(length);
      } else {
        const unsigned long prefix = Number(length, static_cast<unsigned long>(bits));
        mask = prefix == 0
                   ? 0
                   : all - (prefix == static_cast<unsigned long>(bits)
                                ? 0
                                : ((base::Value{1} << (static_cast<unsigned long>(bits) - prefix)) - 1));
      }
    }
    if ((value & ~mask) != 0) throw ParseError("host bits set: " + text);
  }

  base::Interval Ports(const std::string& text) const {
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos) {
      const base::Value port = Number(text, 65535);
      return {port, port};
    }
    const std::string low = text.substr(0, colon), high = text.substr(colon + 1);
    const base::Interval range{low.empty() ? 0 : Number(low, 65535),
                               high.empty() ? 65535 : Number(high, 65535)};
    if (range.low > range.high) throw ParseError("reversed range: " + text);
    return range;
  }

  base::Interval AddressRange(const std::string& text) const {
    const std::size_t dash = text.find('-');
    const base::Interval range{Address(text.substr(0, dash)),
                               Address(dash == std::string::npos ? text : text.substr(dash + 1))};
    if (range.low > range.high) throw ParseError("reversed range: " + text);
    return range;
  }

  unsigned ProtocolNamed(const std::string& text) const {
    static const std::map<std::string, unsigned> kNames = {
        {"tcp", kTcp},   {"udp", kUdp},         {"icmp", kIcmp},     {"sctp", kSctp},
        {"dccp", kDccp}, {"udplite", kUdplite}, {"icmpv6", kIcmpv6}, {"ipv6-icmp", kIcmpv6}};
    const auto name = kNames.find(text);
    return name != kNames.end() ? name->second : static_cast<unsigned>(Number(text, 255));
  }

  Match& AddMatch(Match::Kind kind, bool negated) {
    Match& match = rule_.matches.emplace_back();
    match.kind = kind;
    match.negated = negated;
    return match;
  }

  // Protocol 0 means any to iptables; nobody may rely on it here.
  void ParseProtocol(bool negated) {
    const unsigned protocol = ProtocolNamed(Next());
    if (protocol == 0) throw ParseError("-p 0 means any protocol");
    AddMatch(Match::Kind::kProtocol, negated).ranges = {{protocol, protocol}};
    if (!negated) protocol_ = protocol;
  }

  void ParseInterface(Match::Kind kind, bool negated) {
    const std::string name = Next();
    if (name.empty() || name.size() > 15 || name == "+") throw ParseError("interface name: " + name);
    AddMatch(kind, negated).name = name;
  }

  void NeedProtocol(unsigned protocol, const std::string& word) const {
    if (protocol_ != protocol) throw ParseError(word + " without its -p");
  }

  void ParseModule(const std::string& module) {
    static const std::map<std::string, unsigned> kOfProtocol = {
        {"tcp", kTcp}, {"udp", kUdp}, {"sctp", kSctp}, {"dccp", kDccp}, {"icmp", kIcmp}, {"icmp6", kIcmpv6}};
    static const std::set<std::string> kOthers = {"conntrack", "connlabel", "mark",   "iprange",
                                                  "pkttype",   "multiport", "comment"};
    if (const auto own = kOfProtocol.find(module); own != kOfProtocol.end()) {
      NeedProtocol(own->second, "-m " + module);
      if (module == "icmp" && family_ != Family::kIpv4) throw ParseError("-m icmp in an IPv6 file");
      if (module == "icmp6" && family_ != Family::kIpv6) throw ParseError("-m icmp6 in an IPv4 file");
    } else if (!kOthers.contains(module)) {
      throw ParseError("unknown match: " + module);
    }
    modules_.insert(module);
    if (module == "conntrack") {
      AddMatch(Match::Kind::kConntrack, false).label = static_cast<unsigned>(rule_.conntracks.size());
      rule_.conntracks.emplace_back();
    }
  }

  void NeedModule(const std::string& module, const std::string& option) const {
    if (!modules_.contains(module)) throw ParseError(option + " without -m " + module);
  }

  void ParsePorts(const std::string& option, bool negated) {
    Match& match = AddMatch(
        option.starts_with("--d") ? Match::Kind::kDestinationPorts : Match::Kind::kSourcePorts, negated);
    if (option.ends_with("s")) {
      NeedModule("multiport", option);
      if (!CarriesPorts(protocol_)) throw ParseError(option + " needs a protocol with ports");
      unsigned used = 0;
      for (const std::string& part : Split(Next(), ',')) {
        match.ranges.push_back(Ports(part));
        used += part.find(':') == std::string::npos ? 1 : 2;
      }
      if (used > kMaxMultiports) throw ParseError("more than 15 ports in multiport");
      return;
    }
    if (!modules_.contains("tcp") && !modules_.contains("udp") && !modules_.contains("sctp") &&
        !modules_.contains("dccp")) {
      throw ParseError(option + " without its match");
    }
    match.ranges = {Ports(Next())};
  }

  void ParseIcmp(const std::string& option, bool negated) {
    NeedModule(option == "--icmp-type" ? "icmp" : "icmp6", option);
    Match& match = AddMatch(Match::Kind::kIcmp, negated);
    const std::string text = Next();
    if (text == "any") return;
    const std::vector<std::string> parts = Split(text, '/');
    if (parts.size() > 2) throw ParseError("ICMP type: " + text);
    const base::Value type = Number(parts[0], 255);
    // xt_icmp takes type 255 for any type
    if (type == 255 && family_ == Family::kIpv4) throw ParseError("--icmp-type 255 means any type");
    match.type = base::Interval{type, type};
    if (parts.size() == 2) {
      const base::Value code = Number(parts[1], 255);
      match.code = base::Interval{code, code};
    }
  }

  void ParseConntrack(const std::string& option, bool negated) {
    using Kind = Conntrack::Part::Kind;
    static const std::map<std::string, Kind> kKinds = {{"--ctstate", Kind::kState},
                                                       {"--ctdir", Kind::kDirection},
                                                       {"--ctstatus", Kind::kStatus},
                                                       {"--ctproto", Kind::kProtocol},
                                                       {"--ctorigsrc", Kind::kOriginalSource},
                                                       {"--ctorigdst", Kind::kOriginalDestination},
                                                       {"--ctreplsrc", Kind::kReplySource},
                                                       {"--ctrepldst", Kind::kReplyDestination},
                                                       {"--ctorigsrcport", Kind::kOriginalSourcePort},
                                                       {"--ctorigdstport", Kind::kOriginalDestinationPort},
                                                       {"--ctreplsrcport", Kind::kReplySourcePort},
                                                       {"--ctrepldstport", Kind::kReplyDestinationPort}};
    const auto kind = kKinds.find(option);
    if (kind == kKinds.end()) throw ParseError("unknown option: " + option);
    NeedModule("conntrack", option);
    Conntrack::Part part;
    part.kind = kind->second;
    part.negated = negated;
    const std::string text = Next();
    switch (part.kind) {
      case Kind::kState:
        part.bits = Bits(text, {{"INVALID", kStateInvalid},
                                {"ESTABLISHED", kStateEstablished},
                                {"RELATED", kStateRelated},
                                {"NEW", kStateNew},
                                {"UNTRACKED", kStateUntracked},
                                {"SNAT", kStateSourceNat},
                                {"DNAT", kStateDestinationNat}});
        break;
      case Kind::kStatus:
        part.bits = Bits(text, {{"EXPECTED", kStatusExpected},
                                {"SEEN_REPLY", kStatusSeenReply},
                                {"ASSURED", kStatusAssured},
                                {"CONFIRMED", kStatusConfirmed}});
        break;
      case Kind::kDirection:
        if (text != "ORIGINAL" && text != "REPLY") throw ParseError("direction: " + text);
        part.bits = text == "REPLY" ? 1 : 0;
        break;
      case Kind::kProtocol:
        part.bits = ProtocolNamed(text);
        break;
      case Kind::kOriginalSource:
      case Kind::kOriginalDestination:
      case Kind::kReplySource:
      case Kind::kReplyDestination:
        ParseNetwork(text, part.value, part.mask);
        break;
      default:
        part.ports = Ports(text);
        break;
    }
    // one match structure has each option once
    for (const Conntrack::Part& other : rule_.conntracks.back().parts) {
      if (other.kind == part.kind) throw ParseError(option + " twice in one match");
    }
    rule_.conntracks.back().parts.push_back(part);
  }

  void ParseTarget(bool goes_to) {
    Target& target = rule_.target;
    if (target.kind != Target::Kind::kNone) throw ParseError("two targets");
    const std::string name = Next();
    if (goes_to) {
      target.kind = Target::Kind::kGoto;
      target.chain = name;
    } else if (name == "ACCEPT" || name == "RETURN") {
      target.kind = name == "ACCEPT" ? Target::Kind::kAccept : Target::Kind::kReturn;
    } else if (name == "SECMARK") {
      if (Next() != "--selctx") throw ParseError("SECMARK without --selctx");
      target.kind = Target::Kind::kSecmark;
      target.context = Next();
      if (target.context.empty() || target.context.size() > kMaxContext) throw ParseError("context too long");
    } else if (name == "CONNSECMARK") {
      const std::string what = Next();
      if (what != "--save" && what != "--restore") throw ParseError("CONNSECMARK " + what);
      target.kind = what == "--save" ? Target::Kind::kSave : Target::Kind::kRestore;
    } else if (name == "MARK") {
      ParseMarkTarget();
    } else {
      target.kind = Target::Kind::kJump;
      target.chain = name;
    }
  }

  void ParseMarkTarget() {
    Target& target = rule_.target;
    target.kind = Target::Kind::kMark;
    const std::string option = Next();
    const std::vector<std::string> parts = Split(Next(), '/');
    if (parts.size() > 2) throw ParseError("mark value");
    const auto value = static_cast<std::uint32_t>(Number(parts[0], 0xffffffff));
    const auto mask =
        static_cast<std::uint32_t>(parts.size() == 2 ? Number(parts[1], 0xffffffff) : 0xffffffff);
    target.mark = value;
    if (option == "--set-xmark") {
      target.mask = mask;
    } else if (option == "--set-mark") {
      target.mask = value | mask;
    } else if (option == "--and-mark" && parts.size() == 1) {
      target.mark = 0;
      target.mask = ~value;
    } else if (option == "--or-mark" && parts.size() == 1) {
      target.mask = value;
    } else {
      throw ParseError("MARK " + option);
    }
  }

  void ParseMark(bool negated) {
    NeedModule("mark", "--mark");
    Match& match = AddMatch(Match::Kind::kMark, negated);
    const std::vector<std::string> parts = Split(Next(), '/');
    if (parts.size() > 2) throw ParseError("mark value");
    match.value = Number(parts[0], 0xffffffff);
    match.mask = parts.size() == 2 ? Number(parts[1], 0xffffffff) : 0xffffffff;
  }

  void ParsePacketType(bool negated) {
    NeedModule("pkttype", "--pkt-type");
    static const std::map<std::string, unsigned> kTypes = {
        {"unicast", 0}, {"host", 0}, {"broadcast", 1}, {"multicast", 2}};
    const auto type = kTypes.find(Next());
    if (type == kTypes.end()) throw ParseError("packet type");
    AddMatch(Match::Kind::kPacketType, negated).ranges = {{type->second, type->second}};
  }

  void ParseTcpFlags(bool negated, bool syn) {
    static const std::map<std::string, unsigned> kFlags = {{"FIN", kFin}, {"SYN", kSyn}, {"RST", kRst},
                                                           {"PSH", kPsh}, {"ACK", kAck}, {"URG", 0x20},
                                                           {"ALL", 0x3f}, {"NONE", 0}};
    NeedModule("tcp", "--tcp-flags");
    Match& match = AddMatch(Match::Kind::kTcpFlags, negated);
    match.mask = syn ? kSyn | kRst | kAck | kFin : Bits(Next(), kFlags);
    match.value = syn ? kSyn : Bits(Next(), kFlags);
  }

  void ParseOption() {
    std::string option = Next();
    const bool negated = option == "!";
    if (negated) option = Next();
    const auto refuse_negation = [&] {
      if (negated) throw ParseError("! before " + option);
    };
    if (option == "-p") return ParseProtocol(negated);
    if (option == "-i") return ParseInterface(Match::Kind::kInName, negated);
    if (option == "-o") return ParseInterface(Match::Kind::kOutName, negated);
    if (option == "-s" || option == "-d") {
      Match& match = AddMatch(option == "-s" ? Match::Kind::kSource : Match::Kind::kDestination, negated);
      return ParseNetwork(Next(), match.value, match.mask);
    }
    if (option == "--tcp-flags" || option == "--syn") return ParseTcpFlags(negated, option == "--syn");
    if (option == "--icmp-type" || option == "--icmpv6-type") return ParseIcmp(option, negated);
    if (option == "--sport" || option == "--dport" || option == "--sports" || option == "--dports")
      return ParsePorts(option, negated);
    if (option == "--src-range" || option == "--dst-range") {
      NeedModule("iprange", option);
      AddMatch(option == "--src-range" ? Match::Kind::kSourceRange : Match::Kind::kDestinationRange, negated)
          .ranges = {AddressRange(Next())};
      return;
    }
    if (option == "--mark") return ParseMark(negated);
    if (option == "--pkt-type") return ParsePacketType(negated);
    if (option == "--label") {
      NeedModule("connlabel", option);
      AddMatch(Match::Kind::kConnectionLabel, negated).label = static_cast<unsigned>(Number(Next(), 127));
      return;
    }
    if (option.starts_with("--ct")) return ParseConntrack(option, negated);
    refuse_negation();
    if (option == "-m") return ParseModule(Next());
    if (option == "-j" || option == "-g") return ParseTarget(option == "-g");
    if (option == "--comment") {
      NeedModule("comment", option);
      if (Next().size() > kMaxComment) throw ParseError("comment too long");
      target_allowed_absent_ = true;
      return;
    }
    if (option == "--set") {
      if (rule_.matches.empty() || rule_.matches.back().kind != Match::Kind::kConnectionLabel)
        throw ParseError("--set");
      rule_.matches.back().set_label = true;
      target_allowed_absent_ = true;
      return;
    }
    throw ParseError("unknown option: " + option);
  }

  const std::vector<std::string>& words_;
  Family family_;
  std::size_t position_ = 0;
  Rule rule_;
  unsigned protocol_ = 0;
  std::set<std::string> modules_;
  bool target_allowed_absent_ = false;
};

}  // namespace

Rule ParseRule(const std::vector<std::string>& words, base::Family family) {
  return RuleParser(words, family).Parse();
}

}  // namespace appnet::oracle::iptables
