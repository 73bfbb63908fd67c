#include "oracle/nft_selectors.h"

#include <map>

namespace appnet::oracle::nft {

Selector SelectorNamed(Cursor& cursor) {
  static const std::map<std::string, std::map<std::string, Selector>> kPairs = {
      {"meta",
       {{"nfproto", Selector::kFamily},
        {"l4proto", Selector::kProtocol},
        {"pkttype", Selector::kPacketType},
        {"secmark", Selector::kSecmark},
        {"mark", Selector::kPacketMark},
        {"iifname", Selector::kInName},
        {"oifname", Selector::kOutName},
        {"iif", Selector::kInIndex},
        {"oif", Selector::kOutIndex}}},
      {"ct",
       {{"state", Selector::kState},
        {"direction", Selector::kDirection},
        {"status", Selector::kStatus},
        {"label", Selector::kConnectionLabel},
        {"secmark", Selector::kConnectionSecmark}}},
      {"ip", {{"saddr", Selector::kIpSource}, {"daddr", Selector::kIpDestination}}},
      {"ip6", {{"saddr", Selector::kIp6Source}, {"daddr", Selector::kIp6Destination}}},
      {"th", {{"sport", Selector::kAnySourcePort}, {"dport", Selector::kAnyDestinationPort}}},
      {"tcp",
       {{"sport", Selector::kTcpSourcePort},
        {"dport", Selector::kTcpDestinationPort},
        {"flags", Selector::kTcpFlags}}},
      {"udp", {{"sport", Selector::kUdpSourcePort}, {"dport", Selector::kUdpDestinationPort}}},
      {"icmp", {{"type", Selector::kIcmpType}, {"code", Selector::kIcmpCode}}},
      {"icmpv6", {{"type", Selector::kIcmpv6Type}, {"code", Selector::kIcmpv6Code}}}};
  static const std::map<std::string, Selector> kBare = {{"iifname", Selector::kInName},
                                                        {"oifname", Selector::kOutName},
                                                        {"iif", Selector::kInIndex},
                                                        {"oif", Selector::kOutIndex}};
  const std::string first = cursor.Word("a selector");
  if (const auto bare = kBare.find(first); bare != kBare.end()) return bare->second;
  const auto pair = kPairs.find(first);
  if (pair == kPairs.end()) cursor.Fail("a known selector instead of " + first);
  const std::string second = cursor.Word("the selector's second word");
  const auto found = pair->second.find(second);
  if (found == pair->second.end()) cursor.Fail("a known selector instead of " + first + " " + second);
  return found->second;
}

std::vector<Type> TypesOf(const std::vector<Selector>& key) {
  std::vector<Type> types;
  for (const Selector selector : key) {
    switch (selector) {
      case Selector::kInName:
      case Selector::kOutName:
        types.push_back(Type::kInterfaceName);
        break;
      case Selector::kInIndex:
      case Selector::kOutIndex:
        types.push_back(Type::kInterfaceIndex);
        break;
      case Selector::kFamily:
        types.push_back(Type::kFamily);
        break;
      case Selector::kProtocol:
        types.push_back(Type::kProtocol);
        break;
      case Selector::kPacketType:
        types.push_back(Type::kPacketType);
        break;
      case Selector::kSecmark:
      case Selector::kConnectionSecmark:
        types.push_back(Type::kMark);
        break;
      case Selector::kPacketMark:
        types.push_back(Type::kPacketMark);
        break;
      case Selector::kState:
        types.push_back(Type::kState);
        break;
      case Selector::kDirection:
        types.push_back(Type::kDirection);
        break;
      case Selector::kStatus:
        types.push_back(Type::kStatus);
        break;
      case Selector::kConnectionLabel:
        types.push_back(Type::kConnectionLabel);
        break;
      case Selector::kIpSource:
      case Selector::kIpDestination:
        types.push_back(Type::kIpv4Address);
        break;
      case Selector::kIp6Source:
      case Selector::kIp6Destination:
        types.push_back(Type::kIpv6Address);
        break;
      case Selector::kAnySourcePort:
      case Selector::kAnyDestinationPort:
      case Selector::kTcpSourcePort:
      case Selector::kTcpDestinationPort:
      case Selector::kUdpSourcePort:
      case Selector::kUdpDestinationPort:
        types.push_back(Type::kPort);
        break;
      case Selector::kIcmpType:
        types.push_back(Type::kIcmpType);
        break;
      case Selector::kIcmpCode:
        types.push_back(Type::kIcmpCode);
        break;
      case Selector::kIcmpv6Type:
        types.push_back(Type::kIcmpv6Type);
        break;
      case Selector::kIcmpv6Code:
        types.push_back(Type::kIcmpv6Code);
        break;
      case Selector::kTcpFlags:
        types.push_back(Type::kTcpFlags);
        break;
    }
  }
  return types;
}

}  // namespace appnet::oracle::nft
