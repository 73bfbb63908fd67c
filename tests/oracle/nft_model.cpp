#include "oracle/nft_model.h"

#include <algorithm>

namespace appnet::oracle {
namespace {

using nft::Element;
using nft::Selector;
using nft::Set;
using nft::Statement;
using nft::Verdict;

unsigned StateBit(State state) {
  switch (state) {
    case State::kInvalid:
      return nft::kStateInvalid;
    case State::kUntracked:
      return nft::kStateUntracked;
    case State::kNew:
      return nft::kStateNew;
    case State::kEstablished:
      return nft::kStateEstablished;
    case State::kRelated:
      return nft::kStateRelated;
  }
  return 0;
}

unsigned StatusOf(const Entry& entry) {
  unsigned status = 0;
  if (entry.connection->master >= 0) status |= nft::kStatusExpected;
  if (entry.seen_reply) status |= nft::kStatusSeenReply;
  if (entry.connection->source_translated) status |= nft::kStatusSourceNat;
  if (entry.connection->destination_translated) status |= nft::kStatusDestinationNat;
  return status;
}

// The packet's value, or none when the rule breaks because the packet or the connection lacks it. nft puts a
// test of the family or protocol before a field that needs one.
std::optional<base::Value> Read(Selector selector, const Passing& passing) {
  const Visit& visit = *passing.visit;
  const Packet& packet = visit.packet;
  const bool v4 = packet.family == Family::kIpv4;
  const bool ports = CarriesPorts(packet.protocol);
  const auto when = [](bool present, base::Value value) {
    return present ? std::optional<base::Value>(value) : std::nullopt;
  };
  const bool icmp = v4 && packet.protocol == kIcmp;
  const bool icmpv6 = !v4 && packet.protocol == kIcmpv6;
  // where a header has no ports there are other bytes
  const unsigned first = icmp || icmpv6 ? packet.icmp_type << 8 | packet.icmp_code : packet.payload >> 16;
  switch (selector) {
    case Selector::kInName:
      return nft::NameValue(visit.in);
    case Selector::kOutName:
      return nft::NameValue(visit.out);
    case Selector::kInIndex:
      return nft::IndexOf(visit.in);
    case Selector::kOutIndex:
      return nft::IndexOf(visit.out);
    case Selector::kFamily:
      return v4 ? 2 : 10;
    case Selector::kProtocol:
      return packet.protocol;
    case Selector::kPacketType:
      return packet.type == PacketType::kHost ? 0 : packet.type == PacketType::kBroadcast ? 1 : 2;
    case Selector::kSecmark:
      return passing.secmark.empty() ? 0 : 1;  // only tested for 0
    case Selector::kPacketMark:
      return passing.mark;
    case Selector::kState:
      return StateBit(visit.state);
    case Selector::kDirection:
      return when(passing.entry != nullptr, visit.reply ? 1 : 0);
    case Selector::kStatus:
      return passing.entry == nullptr ? std::nullopt : when(true, StatusOf(*passing.entry));
    case Selector::kConnectionSecmark:
      return passing.entry == nullptr ? std::nullopt : when(true, passing.entry->secmark.empty() ? 0 : 1);
    case Selector::kConnectionLabel:
      return std::nullopt;  // tested bit by bit
    case Selector::kIpSource:
      return when(v4, packet.source);
    case Selector::kIpDestination:
      return when(v4, packet.destination);
    case Selector::kIp6Source:
      return when(!v4, packet.source);
    case Selector::kIp6Destination:
      return when(!v4, packet.destination);
    case Selector::kAnySourcePort:
      return ports ? packet.source_port : first;
    case Selector::kAnyDestinationPort:
      return ports ? packet.destination_port : packet.payload & 0xffff;
    case Selector::kTcpSourcePort:
      return when(packet.protocol == kTcp, packet.source_port);
    case Selector::kTcpDestinationPort:
      return when(packet.protocol == kTcp, packet.destination_port);
    case Selector::kUdpSourcePort:
      return when(packet.protocol == kUdp, packet.source_port);
    case Selector::kUdpDestinationPort:
      return when(packet.protocol == kUdp, packet.destination_port);
    case Selector::kIcmpType:
      return when(icmp, packet.icmp_type);
    case Selector::kIcmpCode:
      return when(icmp, packet.icmp_code);
    case Selector::kIcmpv6Type:
      return when(icmpv6, packet.icmp_type);
    case Selector::kIcmpv6Code:
      return when(icmpv6, packet.icmp_code);
    case Selector::kTcpFlags:
      return when(packet.protocol == kTcp, packet.tcp_flags);
  }
  return std::nullopt;
}

std::optional<std::vector<base::Value>> ReadKey(const Statement& statement, const Passing& passing) {
  std::vector<base::Value> key;
  for (std::size_t i = 0; i < statement.key.size(); ++i) {
    const auto value = Read(statement.key[i], passing);
    if (!value) return std::nullopt;
    key.push_back(i < statement.masks.size() ? *value & statement.masks[i] : *value);
  }
  return key;
}

}  // namespace

NftModel::NftModel(nft::Table table) : table_(std::move(table)) {}

base::Result<NftModel> NftModel::Load(std::string_view text) {
  auto table = nft::Parse(text);
  if (!table) return table.error();
  if (auto status = nft::Check(table.value()); !status) return status.error();
  return NftModel(std::move(table).value());
}

const Element* NftModel::Find(const Statement& statement, const Passing& passing) const {
  const auto key = ReadKey(statement, passing);
  if (!key) return nullptr;
  const Set& set = statement.set.empty() ? statement.inline_set : table_.sets.at(statement.set);
  const Element* caught = nullptr;
  for (const Element& element : set.elements) {
    if (element.key.empty()) {
      caught = &element;
      continue;
    }
    bool inside = true;
    for (std::size_t i = 0; i < key->size(); ++i) {
      inside = inside && element.key[i].low <= (*key)[i] && (*key)[i] <= element.key[i].high;
    }
    if (inside) return &element;
  }
  return caught;
}

bool NftModel::Execute(const Statement& statement, Passing& passing, const Verdict*& verdict) const {
  switch (statement.kind) {
    case Statement::Kind::kMatch:
      if (!ReadKey(statement, passing)) return false;
      return (Find(statement, passing) != nullptr) != statement.negated;
    case Statement::Kind::kFlags: {
      const auto value = Read(statement.key.front(), passing);
      if (!value) return false;
      return ((static_cast<unsigned>(*value) & statement.mask) == statement.flags) != statement.negated;
    }
    case Statement::Kind::kAnyFlag: {
      if (statement.key.front() == Selector::kConnectionLabel) {
        return passing.entry != nullptr && passing.entry->labels.contains(statement.label);
      }
      const auto value = Read(statement.key.front(), passing);
      return value && (static_cast<unsigned>(*value) & statement.mask) != 0;
    }
    case Statement::Kind::kVerdictMap: {
      const Element* element = Find(statement, passing);
      if (element == nullptr) return false;
      verdict = &element->verdict;
      return true;
    }
    case Statement::Kind::kVerdict:
      verdict = &statement.verdict;
      return true;
    case Statement::Kind::kMarkByMap: {
      const Element* element = Find(statement, passing);
      if (element == nullptr) return false;
      passing.secmark = table_.objects.at(element->object);
      return true;
    }
    case Statement::Kind::kMarkObject:
      passing.secmark = table_.objects.at(statement.object);
      return true;
    case Statement::Kind::kMarkConnection:
      if (passing.entry == nullptr) return false;
      passing.secmark = passing.entry->secmark;  // an empty one too
      return true;
    case Statement::Kind::kSaveMark:  // without a connection these do nothing, and the rule goes on
      if (passing.entry != nullptr) passing.entry->secmark = passing.secmark;
      return true;
    case Statement::Kind::kSetLabel:
      if (passing.entry != nullptr && passing.entry->connection->holds_labels)
        passing.entry->labels.insert(statement.label);
      return true;
    case Statement::Kind::kSetBits:
      passing.mark = (passing.mark & statement.mask) | statement.flags;
      return true;
  }
  return false;
}

NftModel::End NftModel::RunChain(const std::string& name, Passing& passing) const {
  for (const nft::Rule& rule : table_.chains.at(name).rules) {
    const Verdict* verdict = nullptr;
    for (const Statement& statement : rule.statements) {
      if (!Execute(statement, passing, verdict) || verdict != nullptr) break;
    }
    if (verdict == nullptr) continue;
    switch (verdict->kind) {
      case Verdict::Kind::kAccept:
        return End::kAccepted;
      case Verdict::Kind::kReturn:
        return End::kReturned;
      case Verdict::Kind::kGoto:
        return RunChain(verdict->chain, passing);
      case Verdict::Kind::kJump:
        if (RunChain(verdict->chain, passing) == End::kAccepted) return End::kAccepted;
        break;
    }
  }
  return End::kReturned;
}

void NftModel::Traverse(Passing& passing) const {
  std::vector<std::pair<int, std::string>> base_chains;
  for (const auto& [name, chain] : table_.chains) {
    if (chain.hook == passing.visit->hook) base_chains.emplace_back(chain.priority, name);
  }
  std::sort(base_chains.begin(), base_chains.end());
  for (const auto& [priority, name] : base_chains) RunChain(name, passing);
}

}  // namespace appnet::oracle
