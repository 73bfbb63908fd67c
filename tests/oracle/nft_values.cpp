#include "oracle/nft_values.h"

#include <map>

#include "base/ip_address.h"

namespace appnet::oracle::nft {
namespace {

using Names = std::map<std::string, unsigned>;

const Names& NamesOf(Type type) {
  static const Names kNone;
  static const Names kProtocols = {{"icmp", 1},       {"tcp", 6},     {"udp", 17},   {"dccp", 33},
                                   {"ipv6-icmp", 58}, {"icmpv6", 58}, {"sctp", 132}, {"udplite", 136},
                                   {"esp", 50},       {"ah", 51}};
  static const Names kIcmp = {
      {"echo-reply", 0},    {"echo-request", 8}, {"timestamp-request", 13},    {"timestamp-reply", 14},
      {"info-request", 15}, {"info-reply", 16},  {"address-mask-request", 17}, {"address-mask-reply", 18}};
  static const Names kIcmpv6 = {{"echo-request", 128}, {"echo-reply", 129}};
  static const Names kFamilies = {{"ipv4", 2}, {"ipv6", 10}};
  static const Names kPacketTypes = {
      {"host", 0}, {"unicast", 0}, {"broadcast", 1}, {"multicast", 2}, {"other", 3}};
  static const Names kStates = {{"invalid", kStateInvalid},
                                {"established", kStateEstablished},
                                {"related", kStateRelated},
                                {"new", kStateNew},
                                {"untracked", kStateUntracked}};
  static const Names kDirections = {{"original", 0}, {"reply", 1}};
  static const Names kStatuses = {{"expected", kStatusExpected}, {"seen-reply", kStatusSeenReply},
                                  {"assured", kStatusAssured},   {"confirmed", kStatusConfirmed},
                                  {"snat", kStatusSourceNat},    {"dnat", kStatusDestinationNat}};
  static const Names kFlags = {{"fin", kFin}, {"syn", kSyn}, {"rst", kRst}, {"psh", kPsh}, {"ack", kAck}};
  switch (type) {
    case Type::kProtocol:
      return kProtocols;
    case Type::kIcmpType:
      return kIcmp;
    case Type::kIcmpv6Type:
      return kIcmpv6;
    case Type::kFamily:
      return kFamilies;
    case Type::kPacketType:
      return kPacketTypes;
    case Type::kState:
      return kStates;
    case Type::kDirection:
      return kDirections;
    case Type::kStatus:
      return kStatuses;
    case Type::kTcpFlags:
      return kFlags;
    default:
      return kNone;
  }
}

base::Value Scalar(const Cursor& cursor, Type type, const std::string& text) {
  if (type == Type::kIpv4Address || type == Type::kIpv6Address) {
    const auto address = base::ParseAddress(text);
    if (!address || (address->family == base::Family::kIpv4) != (type == Type::kIpv4Address))
      cursor.Fail("an address");
    return address->value;
  }
  if (const auto named = NamesOf(type).find(text); named != NamesOf(type).end()) return named->second;
  if (type == Type::kPacketMark && text.starts_with("0x") && text.size() <= 10)
    return std::stoul(text.substr(2), nullptr, 16);
  // states, statuses, directions and flags have names alone
  if (type == Type::kState || type == Type::kDirection || type == Type::kStatus || type == Type::kTcpFlags) {
    cursor.Fail("a known name");
  }
  if (text.empty() || text.size() > 10 || text.find_first_not_of("0123456789") != std::string::npos)
    cursor.Fail("a number");
  const unsigned long long number = std::stoull(text);
  const unsigned bits = std::min(32U, 8 * SizeOf(type));
  const unsigned long long most = type == Type::kConnectionLabel ? 127 : (1ULL << bits) - 1;
  if (number > most) cursor.Fail("a smaller number");
  return number;
}

}  // namespace

unsigned SizeOf(Type type) {
  switch (type) {
    case Type::kIpv4Address:
    case Type::kInterfaceIndex:
    case Type::kState:
    case Type::kStatus:
    case Type::kMark:
    case Type::kPacketMark:
      return 4;
    case Type::kIpv6Address:
    case Type::kInterfaceName:
    case Type::kConnectionLabel:
      return 16;
    case Type::kPort:
      return 2;
    default:
      return 1;
  }
}

bool IsBitmask(Type type) {
  return type == Type::kState || type == Type::kStatus || type == Type::kPacketMark ||
         type == Type::kConnectionLabel || type == Type::kTcpFlags;
}

Type TypeNamed(const std::string& name, const Cursor& cursor) {
  static const std::map<std::string, Type> kTypes = {
      {"ipv4_addr", Type::kIpv4Address},  {"ipv6_addr", Type::kIpv6Address},
      {"inet_service", Type::kPort},      {"inet_proto", Type::kProtocol},
      {"ifname", Type::kInterfaceName},   {"iface_index", Type::kInterfaceIndex},
      {"icmp_type", Type::kIcmpType},     {"icmp_code", Type::kIcmpCode},
      {"icmpv6_type", Type::kIcmpv6Type}, {"icmpv6_code", Type::kIcmpv6Code},
      {"nf_proto", Type::kFamily},        {"pkt_type", Type::kPacketType},
      {"ct_state", Type::kState},         {"ct_dir", Type::kDirection}};
  const auto found = kTypes.find(name);
  if (found == kTypes.end()) cursor.Fail("a known type instead of " + name);
  return found->second;
}

base::Value NameValue(std::string_view name) {
  base::Value value = 0;
  for (std::size_t i = 0; i < 16; ++i)
    value = value << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0U);
  return value;
}

base::Interval ParseValue(Cursor& cursor, Type type, bool in_concatenation) {
  if (type == Type::kInterfaceName) {
    std::string name = cursor.String("a quoted interface name");
    const bool wildcard = !name.empty() && name.back() == '*';
    if (wildcard) name.pop_back();
    if (name.empty() || name.size() > 15 || name.find_first_of("*\\ ") != std::string::npos)
      cursor.Fail("an interface name");
    if (!wildcard) return {NameValue(name), NameValue(name)};
    if (in_concatenation) cursor.Fail("no wildcard in a concatenation");
    const unsigned rest = 8 * (16 - static_cast<unsigned>(name.size()));
    return {NameValue(name), NameValue(name) | ((base::Value{1} << rest) - 1)};
  }
  if (type == Type::kInterfaceIndex && cursor.Peek().kind == Token::Kind::kString) {
    if (cursor.String("lo") != "lo") cursor.Fail("an interface whose number is known");
    return {kLoopbackIndex, kLoopbackIndex};
  }
  const std::string text = cursor.Word("a value");
  if (const std::size_t slash = text.find('/'); slash != std::string::npos) {
    if (type != Type::kIpv4Address && type != Type::kIpv6Address) cursor.Fail("no prefix");
    const base::Value low = Scalar(cursor, type, text.substr(0, slash));
    const unsigned long length = std::stoul(text.substr(slash + 1));
    const unsigned bits = 8 * SizeOf(type);
    if (length > bits) cursor.Fail("a shorter prefix");
    const base::Value span = length == 0 ? (bits == 128 ? ~base::Value{0} : (base::Value{1} << bits) - 1)
                                         : (base::Value{1} << (bits - length)) - 1;
    if ((low & span) != 0) cursor.Fail("a prefix without host bits");
    return {low, low | span};
  }
  const std::size_t dash = text.find('-');
  if (dash == std::string::npos || NamesOf(type).contains(text)) {
    const base::Value value = Scalar(cursor, type, text);
    return {value, value};
  }
  if (IsBitmask(type)) cursor.Fail("no range");
  const base::Value low = Scalar(cursor, type, text.substr(0, dash));
  const base::Value high = Scalar(cursor, type, text.substr(dash + 1));
  if (low > high) cursor.Fail("an ascending range");
  return {low, high};
}

}  // namespace appnet::oracle::nft
