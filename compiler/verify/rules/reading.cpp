#include "verify/rules/reading.h"

#include <span>

namespace appnet::verify::rules {

using flow::Direction;
using ir::Field;

std::string_view NameOf(Selector selector) {
  switch (selector) {
    case Selector::kInName:
      return "the incoming interface";
    case Selector::kOutName:
      return "the outgoing interface";
    case Selector::kFamily:
      return "the address family";
    case Selector::kProtocol:
      return "the protocol";
    case Selector::kSource:
      return "the source address";
    case Selector::kDestination:
      return "the destination address";
    case Selector::kSourcePort:
      return "the source port";
    case Selector::kDestinationPort:
      return "the destination port";
    case Selector::kIcmpType:
      return "the ICMP type";
    case Selector::kIcmpCode:
      return "the ICMP code";
    case Selector::kReplySource:
      return "the source address of the connection's replies";
    case Selector::kReplySourcePort:
      return "the source port of the connection's replies";
  }
  return "";
}

std::optional<Field> FieldOf(Selector selector, const Reading& reading) {
  const bool source_is_peer = (reading.direction == Direction::kAccept) != reading.back;
  const bool in_first = (reading.direction == Direction::kConnect) == reading.back;
  const bool forward = reading.direction == Direction::kForward;
  switch (selector) {
    case Selector::kInName:
      if (forward) return reading.back ? Field::kOut : Field::kInterface;
      return in_first ? std::optional(Field::kInterface) : std::nullopt;
    case Selector::kOutName:
      if (forward) return reading.back ? Field::kInterface : Field::kOut;
      return in_first ? std::nullopt : std::optional(Field::kInterface);
    case Selector::kFamily:
      return Field::kFamily;
    case Selector::kSource:
      if (source_is_peer && reading.translated) return std::nullopt;
      return source_is_peer ? Field::kPeer : Field::kSelf;
    case Selector::kDestination:
      return source_is_peer ? Field::kSelf : Field::kPeer;
    case Selector::kReplySource:
      return reading.translated ? std::optional(Field::kPeer) : std::nullopt;
    case Selector::kSourcePort:
      return reading.back && !reading.translated ? std::optional(Field::kService) : std::nullopt;
    case Selector::kDestinationPort:
      return reading.back ? std::nullopt : std::optional(Field::kService);
    case Selector::kReplySourcePort:
      return reading.translated ? std::optional(Field::kService) : std::nullopt;
    case Selector::kProtocol:
    case Selector::kIcmpType:
    case Selector::kIcmpCode:
      return Field::kService;
  }
  return std::nullopt;
}

std::optional<unsigned> RequestOf(Family family, unsigned answer) {
  struct Exchange {
    unsigned request, answer;
  };
  static constexpr Exchange kIcmp[] = {{8, 0}, {13, 14}, {15, 16}, {17, 18}};  // RFC 792, RFC 950
  static constexpr Exchange kIcmpv6[] = {{128, 129}, {139, 140}};              // RFC 4443, RFC 4620
  const std::span<const Exchange> exchanges =
      family == Family::kIpv4 ? std::span<const Exchange>(kIcmp) : std::span<const Exchange>(kIcmpv6);
  for (const Exchange& exchange : exchanges) {
    if (exchange.answer == answer) return exchange.request;
  }
  return std::nullopt;
}

}  // namespace appnet::verify::rules
