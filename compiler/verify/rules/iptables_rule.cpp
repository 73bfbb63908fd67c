#include "verify/rules/iptables_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "verify/rules/words.h"

namespace appnet::verify::rules {
namespace {

constexpr unsigned kGreatestLabelBit = 127;
constexpr std::size_t kGreatestName = 15;  // IFNAMSIZ, without its end
constexpr unsigned kTcp = 6;
constexpr unsigned kUdp = 17;
constexpr unsigned kAnyIcmpv4Type = 255;  // to xt_icmp
constexpr unsigned kMultiportProtocols[] = {33, 132, 136};

using NamedBits = std::pair<std::string_view, unsigned>;
constexpr NamedBits kStates[] = {
    {"INVALID", kInvalid}, {"UNTRACKED", kUntracked}, {"NEW", kNew},       {"ESTABLISHED", kEstablished},
    {"RELATED", kRelated}, {"DNAT", kStateDnat},      {"SNAT", kStateSnat}};
constexpr NamedBits kStatuses[] = {{"EXPECTED", kStatusExpected}};
constexpr NamedBits kFlags[] = {{"FIN", 1}, {"SYN", 2}, {"RST", 4}, {"PSH", 8}, {"ACK", 16}};
constexpr NamedBits kPacketTypes[] = {
    {"unicast", kToHost}, {"broadcast", kBroadcast}, {"multicast", kMulticast}};

// Names with commas between, as bits.
template <std::size_t n>
std::optional<unsigned> Bits(const NamedBits (&table)[n], std::string_view text) {
  unsigned bits = 0;
  while (true) {
    const std::size_t comma = text.find(',');
    const auto* const found = std::find_if(std::begin(table), std::end(table), [&](const NamedBits& each) {
      return each.first == text.substr(0, comma);
    });
    if (found == std::end(table)) return std::nullopt;
    bits |= found->second;
    if (comma == std::string_view::npos) return bits;
    text.remove_prefix(comma + 1);
  }
}

// "0x20000000/0x20000000" as value and mask.
std::optional<std::pair<unsigned, unsigned>> ValueAndMask(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto value = HexNumber(text.substr(0, slash), 0xffffffff);
  const auto mask = HexNumber(text.substr(slash + 1), 0xffffffff);
  if (!value || !mask) return std::nullopt;
  return std::pair(*value, *mask);
}

// "-m conntrack", and nothing yet.
bool IsEmpty(const Step& step) {
  const ConnectionTest* const test = std::get_if<ConnectionTest>(&step);
  return test != nullptr && test->states == 0 && test->statuses == 0 && !test->reply;
}

}  // namespace

std::optional<std::string> IptablesRuleReader::Read(std::string_view text, Rule& rule) {
  if (!SplitWords(text)) return refusal_;
  while (at_ < words_.size() && !refusal_) ReadOption();
  if (!refusal_ && target_.empty() && matches_.empty()) Refuse("a rule that does nothing");
  if (std::any_of(matches_.begin(), matches_.end(), IsEmpty)) Refuse("-m conntrack without a test");
  if (refusal_) return refusal_;
  for (std::vector<Step>* const part : {&first_, &matches_, &target_}) {
    std::move(part->begin(), part->end(), std::back_inserter(rule.steps));
  }
  return std::nullopt;
}

bool IptablesRuleReader::Refuse(std::string why) {
  if (!refusal_) refusal_ = std::move(why);
  return false;
}

bool IptablesRuleReader::RefuseWord() {
  return Refuse(at_ == 0 || at_ > words_.size() ? "the rule ends early"
                                                : fmt::format("`{}` is not known here", words_[at_ - 1]));
}

std::string_view IptablesRuleReader::Next() {
  if (at_ < words_.size()) return words_[at_++];
  at_ = words_.size() + 1;
  return {};
}

bool IptablesRuleReader::SplitWords(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '"') {
      const std::size_t end = std::min(text.find(' ', i), text.size());
      const std::string_view word = text.substr(i, end - i);
      if (word.empty() || word.find_first_of("\"\t\\") != std::string_view::npos) return Refuse("not a word");
      words_.push_back(word);
      i = end + 1;
      continue;
    }
    std::string& word = unquoted_.emplace_back();
    for (++i; i < text.size() && text[i] != '"'; ++i) {
      if (text[i] == '\\' && ++i == text.size()) break;
      word += text[i];
    }
    if (i >= text.size() || (i + 1 < text.size() && text[i + 1] != ' ')) return Refuse("open quotes");
    words_.push_back(word);
    i += 2;
  }
  return true;
}

void IptablesRuleReader::AddTest(Selector selector, IntervalSet values) {
  PacketTest test;
  test.key = {selector, family_};
  test.values = std::move(values);
  const bool header =
      selector == Selector::kProtocol || selector == Selector::kSource || selector == Selector::kDestination;
  (header ? first_ : matches_).push_back(std::move(test));
}

bool IptablesRuleReader::ReadOption() {
  const bool negated = At("!");
  if (negated) ++at_;
  const std::string_view option = Next();
  if (option == "-p") return ReadProtocol(negated);
  if (option == "--tcp-flags") return ReadTcpFlags(negated);
  if (negated) return RefuseWord();
  if (option == "-j" || option == "-g") return ReadTarget(option == "-g");
  if (option == "-m") return ReadMatch();
  if (option == "-i" || option == "-o")
    return ReadInterface(option == "-i" ? Selector::kInName : Selector::kOutName);
  if (option == "-s") return ReadAddress(Selector::kSource, false);
  if (option == "-d") return ReadAddress(Selector::kDestination, false);
  if (HasMatch("iprange") && option == "--src-range") return ReadAddress(Selector::kSource, true);
  if (HasMatch("iprange") && option == "--dst-range") return ReadAddress(Selector::kDestination, true);
  if (HasMatch("tcp") || HasMatch("udp")) {
    if (option == "--sport") return ReadPorts(Selector::kSourcePort, false);
    if (option == "--dport") return ReadPorts(Selector::kDestinationPort, false);
  }
  if (HasMatch("multiport") && option == "--sports") return ReadPorts(Selector::kSourcePort, true);
  if (HasMatch("multiport") && option == "--dports") return ReadPorts(Selector::kDestinationPort, true);
  if (HasMatch("icmp") && option == "--icmp-type") return ReadIcmp();
  if (HasMatch("icmp6") && option == "--icmpv6-type") return ReadIcmp();
  if (HasMatch("u32") && option == "--u32") return ReadIcmpByHand();
  if (HasMatch("conntrack")) return ReadConnection(option);
  if (HasMatch("connlabel") && option == "--label") return ReadConnectionLabel();
  if (HasMatch("pkttype") && option == "--pkt-type") return ReadPacketType();
  if (HasMatch("mark") && option == "--mark") return ReadMark();
  return RefuseWord();
}

bool IptablesRuleReader::ReadMatch() {
  match_ = Next();
  const bool v4 = family_ == Family::kIpv4;
  const unsigned icmp = v4 ? 1 : 58;
  if (match_ == "tcp" || match_ == "udp") {
    if (protocol_ != (match_ == "tcp" ? kTcp : kUdp)) return Refuse("a match without its protocol");
  } else if (match_ == (v4 ? "icmp" : "icmp6") || (v4 && match_ == "u32")) {
    if (protocol_ != icmp) return Refuse("a match without its protocol");
  } else if (match_ == "multiport") {
    if (std::find(std::begin(kMultiportProtocols), std::end(kMultiportProtocols), protocol_) ==
        std::end(kMultiportProtocols))
      return Refuse("a match without its protocol");
  } else if (match_ == "conntrack") {
    matches_.emplace_back(ConnectionTest{});
  } else if (match_ != "connlabel" && match_ != "mark" && match_ != "iprange" && match_ != "pkttype") {
    return RefuseWord();
  }
  return true;
}

bool IptablesRuleReader::ReadProtocol(bool negated) {
  const std::string_view name = Next();
  std::optional<unsigned> number = DecimalNumber(name, 255);
  if (name == "tcp") number = kTcp;
  if (name == "udp") number = kUdp;
  if (name == "icmp") number = 1;
  if (name == "ipv6-icmp") number = 58;
  if (!number || *number == 0) return RefuseWord();  // 0 means any protocol
  if (protocol_ != 256) return Refuse("two protocols");
  if (!negated) protocol_ = *number;
  AddTest(Selector::kProtocol, IntervalSet::Of(*number, *number));
  std::get<PacketTest>(first_.back()).negated = negated;
  return true;
}

bool IptablesRuleReader::ReadInterface(Selector selector) {
  const std::string_view name = Next();
  if (name.empty() || name.size() > kGreatestName || name == "+" || name.find('*') != std::string_view::npos)
    return RefuseWord();
  PacketTest test;
  test.key = {selector, family_};
  test.names.emplace_back(name);
  if (name.back() == '+') test.names.back().back() = '*';
  first_.emplace_back(std::move(test));
  return true;
}

bool IptablesRuleReader::ReadAddress(Selector selector, bool range) {
  const std::string_view text = Next();
  const auto interval = AddressRange(text, family_);
  if (!interval || range != (text.find('-') != std::string_view::npos)) return RefuseWord();
  AddTest(selector, IntervalSet({*interval}));
  return true;
}

bool IptablesRuleReader::ReadPorts(Selector selector, bool multiport) {
  if (multiport != (protocol_ != kTcp && protocol_ != kUdp)) return RefuseWord();
  const auto ports = NumberRange(Next(), ':', 0xffff);
  if (!ports) return RefuseWord();
  AddTest(selector, IntervalSet({*ports}));
  return true;
}

bool IptablesRuleReader::ReadIcmp() {
  const std::string_view text = Next();
  const std::size_t slash = text.find('/');
  const auto type = DecimalNumber(text.substr(0, slash), 255);
  if (!type || (family_ == Family::kIpv4 && *type == kAnyIcmpv4Type)) return RefuseWord();
  AddTest(Selector::kIcmpType, IntervalSet::Of(*type, *type));
  if (slash == std::string_view::npos) return true;
  const auto code = DecimalNumber(text.substr(slash + 1), 255);
  if (!code) return RefuseWord();
  AddTest(Selector::kIcmpCode, IntervalSet::Of(*code, *code));
  return true;
}

// Type and code as the first two bytes after IPv4's header.
bool IptablesRuleReader::ReadIcmpByHand() {
  constexpr std::string_view kWhere = "0>>22&0x3C@0>>16=";
  std::string_view text = Next();
  if (!text.starts_with(kWhere)) return RefuseWord();
  text.remove_prefix(kWhere.size());
  const auto value = HexNumber(text, 0xffff);
  if (!value) return RefuseWord();
  AddTest(Selector::kIcmpType, IntervalSet::Of(*value >> 8, *value >> 8));
  AddTest(Selector::kIcmpCode, IntervalSet::Of(*value & 0xff, *value & 0xff));
  return true;
}

// The reply tuple's address or port, each in a match of its own.
bool IptablesRuleReader::ReadReplySource(bool port) {
  const std::string_view text = Next();
  const auto values = port ? NumberRange(text, ':', 0xffff) : AddressRange(text, family_);
  if (!values || (!port && text.find('-') != std::string_view::npos)) return RefuseWord();
  if (!IsEmpty(matches_.back())) return RefuseWord();
  matches_.pop_back();
  match_ = {};
  AddTest(port ? Selector::kReplySourcePort : Selector::kReplySource, IntervalSet({*values}));
  return true;
}

bool IptablesRuleReader::ReadConnection(std::string_view option) {
  if (option == "--ctreplsrc" || option == "--ctreplsrcport")
    return ReadReplySource(option == "--ctreplsrcport");
  const std::string_view text = Next();
  ConnectionTest* const test = std::get_if<ConnectionTest>(&matches_.back());
  if (test == nullptr) return RefuseWord();
  if (option == "--ctstate" && test->states == 0) {
    const auto states = Bits(kStates, text);
    if (!states) return RefuseWord();
    test->states = *states;
  } else if (option == "--ctstatus" && test->statuses == 0) {
    const auto statuses = Bits(kStatuses, text);
    if (!statuses) return RefuseWord();
    test->statuses = *statuses;
  } else if (option == "--ctdir" && !test->reply) {
    if (text != "REPLY" && text != "ORIGINAL") return RefuseWord();
    test->reply = text == "REPLY";
  } else {
    return RefuseWord();
  }
  return true;
}

bool IptablesRuleReader::ReadConnectionLabel() {
  const auto bit = DecimalNumber(Next(), kGreatestLabelBit);
  if (!bit) return RefuseWord();
  const bool set = At("--set");
  if (set) ++at_;
  matches_.emplace_back(ConnectionLabelTest{*bit, set});
  return true;
}

bool IptablesRuleReader::ReadTcpFlags(bool negated) {
  if (!HasMatch("tcp")) return RefuseWord();
  const auto mask = Bits(kFlags, Next());
  const auto value = mask ? Bits(kFlags, Next()) : std::nullopt;
  if (!value) return RefuseWord();
  matches_.emplace_back(TcpFlagsTest{*mask, *value, negated});
  return true;
}

bool IptablesRuleReader::ReadPacketType() {
  const auto types = Bits(kPacketTypes, Next());
  if (!types) return RefuseWord();
  matches_.emplace_back(PacketTypeTest{*types});
  return true;
}

bool IptablesRuleReader::ReadMark() {
  const auto mark = ValueAndMask(Next());
  if (!mark) return RefuseWord();
  matches_.emplace_back(MarkTest{mark->second, mark->first});
  return true;
}

bool IptablesRuleReader::ReadTarget(bool goes_to) {
  const std::string_view name = Next();
  if (!target_.empty()) return Refuse("two targets");
  if (!goes_to && name == "RETURN") {
    target_.emplace_back(Verdict{Verdict::Kind::kReturn, 0});
  } else if (!goes_to && name == "SECMARK") {
    if (Next() != "--selctx") return RefuseWord();
    const std::string_view context = Next();
    if (context.empty()) return RefuseWord();
    target_.emplace_back(SetLabel{find_context_(context)});
  } else if (!goes_to && name == "CONNSECMARK") {
    const std::string_view what = Next();
    if (what == "--save") {
      target_.emplace_back(Save{});
    } else if (what == "--restore") {
      target_.emplace_back(Restore{});
    } else {
      return RefuseWord();
    }
  } else if (!goes_to && name == "MARK") {
    return ReadSetMark();
  } else {
    const auto chain = find_chain_(name);
    if (!chain) return RefuseWord();
    target_.emplace_back(Verdict{goes_to ? Verdict::Kind::kGoto : Verdict::Kind::kJump, *chain});
  }
  return true;
}

bool IptablesRuleReader::ReadSetMark() {
  if (Next() != "--set-xmark") return RefuseWord();
  const auto mark = ValueAndMask(Next());
  if (!mark) return RefuseWord();
  target_.emplace_back(SetMark{mark->second, mark->first});
  return true;
}

}  // namespace appnet::verify::rules
