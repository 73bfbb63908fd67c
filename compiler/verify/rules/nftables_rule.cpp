#include "verify/rules/nftables_rule.h"

#include <fmt/format.h>

#include <algorithm>

#include "verify/rules/nftables_map.h"
#include "verify/rules/words.h"

namespace appnet::verify::rules {
namespace {

using Kind = NftToken::Kind;

constexpr unsigned kGreatestLabelBit = 127;

template <class T, std::size_t n>
const T* Named(const std::pair<std::string_view, T> (&table)[n], const NftToken& token) {
  const auto* found = std::find_if(std::begin(table), std::end(table),
                                   [&](const auto& each) { return token.Is(each.first); });
  return found == std::end(table) ? nullptr : &found->second;
}

constexpr std::pair<std::string_view, unsigned> kStates[] = {{"invalid", kInvalid},
                                                             {"untracked", kUntracked},
                                                             {"new", kNew},
                                                             {"established", kEstablished},
                                                             {"related", kRelated}};
constexpr std::pair<std::string_view, unsigned> kFlags[] = {
    {"fin", 1}, {"syn", 2}, {"rst", 4}, {"psh", 8}, {"ack", 16}};
constexpr std::pair<std::string_view, unsigned> kPacketTypes[] = {
    {"host", kToHost}, {"broadcast", kBroadcast}, {"multicast", kMulticast}};
constexpr unsigned kAllPacketTypes = kToHost | kBroadcast | kMulticast;

// What type a part of a key has; the text of a map must say the same.
KeyType TypeOf(const KeyPart& part) {
  const bool v4 = part.family == Family::kIpv4;
  switch (part.selector) {
    case Selector::kSource:
    case Selector::kDestination:
      return v4 ? KeyType::kIpv4 : KeyType::kIpv6;
    case Selector::kSourcePort:
    case Selector::kDestinationPort:
      return KeyType::kPort;
    case Selector::kIcmpType:
      return v4 ? KeyType::kIcmpType : KeyType::kIcmpv6Type;
    case Selector::kIcmpCode:
      return v4 ? KeyType::kIcmpCode : KeyType::kIcmpv6Code;
    default:
      return KeyType::kProtocol;
  }
}

class RuleReader {
 public:
  RuleReader(NftCursor& cursor, Rule& rule) : cursor_(cursor), rule_(rule) {}

  bool Read() {
    while (cursor_.token().kind != Kind::kLineEnd) {
      if (ended_) return cursor_.Refuse("a rule goes on after its verdict");
      if (!ReadStatement()) return false;
    }
    return true;
  }

 private:
  template <class T>
  bool Add(T step) {
    rule_.steps.push_back(std::move(step));
    return true;
  }

  bool ReadStatement() {
    if (AtVerdict()) {
      Verdict verdict;
      ended_ = true;
      return ReadVerdict(verdict) && Add(verdict);
    }
    if (cursor_.TakeIf("ct")) return ReadConnection();
    if (cursor_.TakeIf("tcp")) return ReadTcpFlags();
    if (cursor_.TakeIf("iif")) return ReadLo(Selector::kInName);
    if (cursor_.TakeIf("oif")) return ReadLo(Selector::kOutName);
    Key key;
    if (cursor_.TakeIf("meta")) {
      if (cursor_.TakeIf("secmark")) return ReadSetLabel();
      if (cursor_.TakeIf("pkttype")) return ReadPacketType();
      if (cursor_.TakeIf("mark")) return ReadMark();
      if (!ReadMeta(key)) return false;
    } else if (!ReadKeyPart(key)) {
      return false;
    }
    while (cursor_.TakeIf(".")) {
      if (!ReadKeyPart(key)) return false;
    }
    return ReadKeyed(key);
  }

  bool AtVerdict() const {
    return cursor_.At("accept") || cursor_.At("return") || cursor_.At("jump") || cursor_.At("goto");
  }

  bool ReadVerdict(Verdict& verdict) {
    if (cursor_.TakeIf("accept")) {
      verdict.kind = Verdict::Kind::kAccept;
      return true;
    }
    if (cursor_.TakeIf("return")) {
      verdict.kind = Verdict::Kind::kReturn;
      return true;
    }
    verdict.kind = cursor_.At("jump") ? Verdict::Kind::kJump : Verdict::Kind::kGoto;
    if (!cursor_.At("jump") && !cursor_.At("goto")) return cursor_.RefuseToken();
    cursor_.Advance();
    std::string_view name;
    if (!cursor_.TakeName(name)) return false;
    verdict.chain = cursor_.ChainNamed(name);
    return true;
  }

  // Selectors.

  bool ReadMeta(Key& key) {
    if (cursor_.TakeIf("nfproto")) {
      key.push_back({Selector::kFamily, Family::kIpv4});
    } else if (cursor_.TakeIf("l4proto")) {
      key.push_back({Selector::kProtocol, Family::kIpv4});
    } else {
      return cursor_.RefuseToken();
    }
    return true;
  }

  bool ReadKeyPart(Key& key) {
    static constexpr std::pair<std::string_view, Selector> kAddresses[] = {{"saddr", Selector::kSource},
                                                                           {"daddr", Selector::kDestination}};
    static constexpr std::pair<std::string_view, Selector> kPorts[] = {{"sport", Selector::kSourcePort},
                                                                       {"dport", Selector::kDestinationPort}};
    static constexpr std::pair<std::string_view, Selector> kIcmp[] = {{"type", Selector::kIcmpType},
                                                                      {"code", Selector::kIcmpCode}};
    const auto second = [&](const auto& table, Family family) {
      const Selector* const selector = Named(table, cursor_.token());
      if (selector == nullptr) return cursor_.RefuseToken();
      key.push_back({*selector, family});
      cursor_.Advance();
      return true;
    };
    if (cursor_.TakeIf("meta")) return ReadMeta(key);
    if (cursor_.TakeIf("ip")) return second(kAddresses, Family::kIpv4) && ReadMask(key.back());
    if (cursor_.TakeIf("ip6")) return second(kAddresses, Family::kIpv6) && ReadMask(key.back());
    if (cursor_.TakeIf("th")) return second(kPorts, Family::kIpv4);
    if (cursor_.TakeIf("icmp")) return second(kIcmp, Family::kIpv4);
    if (cursor_.TakeIf("icmpv6")) return second(kIcmp, Family::kIpv6);
    if (cursor_.At("iifname") || cursor_.At("oifname")) {
      key.push_back({cursor_.At("iifname") ? Selector::kInName : Selector::kOutName, Family::kIpv4});
      cursor_.Advance();
      return true;
    }
    return cursor_.RefuseToken();
  }

  // "& 255.255.255.0"
  bool ReadMask(KeyPart& part) {
    if (!cursor_.TakeIf("&")) return true;
    const auto host_bits = HostBitsOfMask(cursor_.token().text, part.family);
    if (!host_bits) return cursor_.RefuseToken();
    part.host_bits = *host_bits;
    cursor_.Advance();
    return true;
  }

  // What follows a key.
  bool ReadKeyed(const Key& key) {
    if (cursor_.token().kind == Kind::kWord && cursor_.token().text.starts_with('@')) {
      MapId set = 0;
      return ReadMapName(key, true, set) && Add(MemberTest{key, set});
    }
    if (key.size() != 1) return cursor_.RefuseToken();
    if (cursor_.TakeIf("vmap")) return ReadVerdictMap(key[0]);
    PacketTest test;
    test.key = key[0];
    if (IsName(key[0])) {
      std::string name;
      if (!ReadInterface(name)) return false;
      test.names.push_back(std::move(name));
      return Add(std::move(test));
    }
    test.negated = key[0].selector == Selector::kProtocol && cursor_.TakeIf("!=");
    std::vector<Interval> values;
    if (cursor_.TakeIf("{")) {
      do {
        if (!ReadValue(key[0], values)) return false;
      } while (cursor_.TakeIf(","));
      if (!cursor_.TakeWords("}")) return false;
    } else if (!ReadValue(key[0], values)) {
      return false;
    }
    test.values = IntervalSet(std::move(values));
    return Add(std::move(test));
  }

  static bool IsName(const KeyPart& part) {
    return part.selector == Selector::kInName || part.selector == Selector::kOutName;
  }

  bool ReadInterface(std::string& name) {
    const NftToken& token = cursor_.token();
    if (token.kind != Kind::kQuoted || token.text.empty()) return cursor_.RefuseToken();
    const std::size_t star = token.text.find('*');
    if (star == 0 || (star != std::string_view::npos && star + 1 != token.text.size()) ||
        token.text.find('\\') != std::string_view::npos) {
      return cursor_.RefuseToken();
    }
    name = token.text;
    cursor_.Advance();
    return true;
  }

  // Of all interfaces only lo is known by its number: it has the same everywhere.
  bool ReadLo(Selector selector) {
    PacketTest test;
    test.key.selector = selector;
    test.names.emplace_back("lo");
    if (cursor_.token().kind != Kind::kQuoted || cursor_.token().text != "lo") return cursor_.RefuseToken();
    cursor_.Advance();
    return Add(std::move(test));
  }

  // A protocol or a family.
  bool ReadValue(const KeyPart& part, std::vector<Interval>& values) {
    if (part.selector == Selector::kFamily) {
      if (!cursor_.At("ipv4") && !cursor_.At("ipv6")) return cursor_.RefuseToken();
      const Value value = cursor_.At("ipv4") ? 0 : 1;
      values.push_back({value, value});
    } else if (part.selector == Selector::kProtocol) {
      const auto number = DecimalNumber(cursor_.token().text, 0xff);
      if (!number) return cursor_.RefuseToken();
      values.push_back({*number, *number});
    } else {
      return cursor_.RefuseToken();
    }
    cursor_.Advance();
    return true;
  }

  bool ReadMapName(const Key& key, bool is_set, MapId& id) {
    const std::string_view text = cursor_.token().text;
    if (cursor_.token().kind != Kind::kWord || !text.starts_with('@')) return cursor_.RefuseToken();
    const auto found = cursor_.MapNamed(text.substr(1));
    if (!found) return cursor_.Refuse(fmt::format("no map or set {}", text.substr(1)));
    const Map& map = cursor_.ruleset().maps[*found];
    if (map.is_set != is_set)
      return cursor_.Refuse(fmt::format("{} is a map where a set is due, or a set", map.name));
    const bool fits =
        std::equal(key.begin(), key.end(), map.types.begin(), map.types.end(),
                   [](const KeyPart& part, KeyType type) { return !IsName(part) && TypeOf(part) == type; });
    const bool family = std::any_of(key.begin(), key.end(),
                                    [](const KeyPart& part) { return part.selector == Selector::kFamily; });
    if (!fits || family) return cursor_.Refuse(fmt::format("the key does not fit {}", map.name));
    id = *found;
    cursor_.Advance();
    return WidenKeys(cursor_, key, cursor_.ruleset().maps[id]);
  }

  bool ReadVerdictMap(const KeyPart& part) {
    VerdictMap map;
    map.key = part;
    ended_ = true;
    if (!cursor_.TakeWords("{")) return false;
    do {
      VerdictMap::Element element;
      if (IsName(part)) {
        if (!ReadInterface(element.name)) return false;
      } else {
        std::vector<Interval> values;
        if (!ReadValue(part, values)) return false;
        element.interval = values[0];
      }
      if (!cursor_.TakeWords(":") || !ReadVerdict(element.verdict)) return false;
      map.elements.push_back(std::move(element));
    } while (cursor_.TakeIf(","));
    return cursor_.TakeWords("}") && Add(std::move(map));
  }

  // meta ... and ct ...

  bool ReadSetLabel() {
    if (!cursor_.TakeWords("set")) return false;
    if (cursor_.token().kind == Kind::kQuoted) {
      const auto label = cursor_.LabelNamed(cursor_.token().text);
      if (!label) return cursor_.Refuse(fmt::format("no secmark {}", cursor_.token().text));
      cursor_.Advance();
      return Add(SetLabel{*label});
    }
    if (cursor_.TakeIf("ct")) return cursor_.TakeWords("secmark") && Add(Restore{});
    Key key;
    do {
      if (!ReadKeyPart(key)) return false;
    } while (cursor_.TakeIf("."));
    MapId map = 0;
    return cursor_.TakeWords("map") && ReadMapName(key, false, map) &&
           Add(SetLabelFromMap{std::move(key), map});
  }

  bool ReadPacketType() {
    const bool negated = cursor_.TakeIf("!=");
    const unsigned* const type = Named(kPacketTypes, cursor_.token());
    if (type == nullptr) return cursor_.RefuseToken();
    cursor_.Advance();
    return Add(PacketTypeTest{negated ? kAllPacketTypes & ~*type : *type});
  }

  // Bits that are set or cleared, or a comparison of some.
  bool ReadMark() {
    std::uint32_t bits = 0;
    if (cursor_.TakeIf("set")) {
      if (!cursor_.TakeWords("meta mark")) return false;
      const bool sets = cursor_.TakeIf("|");
      if (!sets && !cursor_.TakeWords("&")) return false;
      if (!cursor_.TakeBits(bits)) return false;
      return Add(sets ? SetMark{bits, bits} : SetMark{~bits, 0});
    }
    MarkTest test;
    return cursor_.TakeWords("&") && cursor_.TakeBits(test.mask) && cursor_.TakeWords("==") &&
           cursor_.TakeBits(test.value) && Add(test);
  }

  bool ReadConnection() {
    if (cursor_.TakeIf("state")) return ReadState();
    if (cursor_.TakeIf("secmark")) return cursor_.At("&") ? ReadLabelled() : ReadSave();
    if (cursor_.TakeIf("label")) return ReadConnectionLabel();
    ConnectionTest test;
    if (cursor_.TakeIf("direction")) {
      if (!cursor_.At("reply") && !cursor_.At("original")) return cursor_.RefuseToken();
      test.reply = cursor_.At("reply");
    } else if (cursor_.TakeIf("status")) {
      if (!cursor_.At("dnat")) return cursor_.RefuseToken();
      test.statuses = kStatusDnat;
    } else {
      return cursor_.RefuseToken();
    }
    cursor_.Advance();
    return Add(test);
  }

  bool ReadState() {
    const unsigned* const state = Named(kStates, cursor_.token());
    if (state == nullptr) return cursor_.RefuseToken();
    cursor_.Advance();
    ConnectionTest test;
    test.states = *state;
    return Add(test);
  }

  // Every bit but one that no label's number ever reaches: nft can't compare the number itself.
  bool ReadLabelled() { return cursor_.TakeWords("& 0x7fffffff != 0") && Add(LabelledTest{}); }

  bool ReadSave() { return cursor_.TakeWords("set meta secmark") && Add(Save{}); }

  bool ReadConnectionLabel() {
    const bool set = cursor_.TakeIf("set");
    const auto bit = DecimalNumber(cursor_.token().text, kGreatestLabelBit);
    if (cursor_.token().kind != Kind::kWord || !bit) return cursor_.RefuseToken();
    cursor_.Advance();
    return set ? Add(SetConnectionLabel{*bit}) : Add(ConnectionLabelTest{*bit, false});
  }

  // nft adds the test of the protocol by itself.
  bool ReadTcpFlags() {
    PacketTest tcp;
    tcp.values = IntervalSet::Of(6, 6);
    Add(std::move(tcp));
    TcpFlagsTest test;
    if (!cursor_.TakeWords("flags & (")) return false;
    do {
      const unsigned* const flag = Named(kFlags, cursor_.token());
      if (flag == nullptr) return cursor_.RefuseToken();
      test.mask |= *flag;
      cursor_.Advance();
    } while (cursor_.TakeIf("|"));
    if (!cursor_.TakeWords(")")) return false;
    if (!cursor_.At("!=") && !cursor_.At("==")) return cursor_.RefuseToken();
    test.negated = cursor_.At("!=");
    cursor_.Advance();
    const unsigned* const value = Named(kFlags, cursor_.token());
    if (value == nullptr) return cursor_.RefuseToken();
    test.value = *value;
    cursor_.Advance();
    return Add(test);
  }

  NftCursor& cursor_;
  Rule& rule_;
  bool ended_ = false;
};

}  // namespace

bool ReadNftRule(NftCursor& cursor, Rule& rule) { return RuleReader(cursor, rule).Read(); }

}  // namespace appnet::verify::rules
