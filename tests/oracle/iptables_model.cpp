#include "oracle/iptables_model.h"

#include <algorithm>

namespace appnet::oracle {
namespace {

using iptables::Chain;
using iptables::Conntrack;
using iptables::Match;
using iptables::Rule;
using iptables::Table;
using iptables::Target;

bool Inside(const std::vector<base::Interval>& ranges, base::Value value) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const base::Interval& range) { return range.low <= value && value <= range.high; });
}

bool NameMatches(const std::string& pattern, const std::string& name) {
  if (pattern.ends_with("+")) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return name == pattern;
}

bool ConnectionLabelMatches(const Match& match, const Passing& passing) {
  if (passing.entry == nullptr || !passing.entry->connection->holds_labels) return match.negated;
  if (passing.entry->labels.contains(match.label)) return !match.negated;
  if (!match.set_label) return match.negated;
  passing.entry->labels.insert(match.label);
  return !match.negated;
}

// conntrack_mt(): without a connection a state match alone decides, and everything else of the same match is
// not looked at; without a state match there is no match, negated or not.
bool ConntrackMatches(const Conntrack& conntrack, const Passing& passing) {
  using Kind = Conntrack::Part::Kind;
  const Visit& visit = *passing.visit;
  const Entry* entry = passing.entry;
  bool has_state = false;
  for (const Conntrack::Part& part : conntrack.parts) {
    if (part.kind != Kind::kState) continue;
    has_state = true;
    unsigned bits = 0;
    switch (visit.state) {
      case State::kInvalid:
        bits = iptables::kStateInvalid;
        break;
      case State::kUntracked:
        bits = iptables::kStateUntracked;
        break;
      case State::kNew:
        bits = iptables::kStateNew;
        break;
      case State::kEstablished:
        bits = iptables::kStateEstablished;
        break;
      case State::kRelated:
        bits = iptables::kStateRelated;
        break;
    }
    if (entry != nullptr && entry->connection->source_translated) bits |= iptables::kStateSourceNat;
    if (entry != nullptr && entry->connection->destination_translated) bits |= iptables::kStateDestinationNat;
    if (((bits & part.bits) != 0) == part.negated) return false;
  }
  if (entry == nullptr) return has_state;
  const Connection& connection = *entry->connection;
  for (const Conntrack::Part& part : conntrack.parts) {
    bool holds = true;
    const auto address = [&](base::Value value) { return (value & part.mask) == part.value; };
    const auto port = [&](base::Value value) { return part.ports.low <= value && value <= part.ports.high; };
    switch (part.kind) {
      case Kind::kState:
        continue;
      case Kind::kDirection:
        holds = (part.bits == 1) == visit.reply;
        break;
      case Kind::kStatus: {
        unsigned status = connection.master >= 0 ? iptables::kStatusExpected : 0;
        if (entry->seen_reply) status |= iptables::kStatusSeenReply;
        holds = (status & part.bits) != 0;
        break;
      }
      case Kind::kProtocol:
        holds = connection.protocol == part.bits;
        break;
      case Kind::kOriginalSource:
        holds = address(connection.original.source);
        break;
      case Kind::kOriginalDestination:
        holds = address(connection.original.destination);
        break;
      case Kind::kReplySource:
        holds = address(connection.reply.source);
        break;
      case Kind::kReplyDestination:
        holds = address(connection.reply.destination);
        break;
      case Kind::kOriginalSourcePort:
        holds = port(connection.original.source_port);
        break;
      case Kind::kOriginalDestinationPort:
        holds = port(connection.original.destination_port);
        break;
      case Kind::kReplySourcePort:
        holds = port(connection.reply.source_port);
        break;
      case Kind::kReplyDestinationPort:
        holds = port(connection.reply.destination_port);
        break;
    }
    if (holds == part.negated) return false;
  }
  return true;
}

bool Matches(const Rule& rule, const Match& match, Passing& passing) {
  const Visit& visit = *passing.visit;
  const Packet& packet = visit.packet;
  bool holds = false;
  switch (match.kind) {
    case Match::Kind::kInName:
      holds = NameMatches(match.name, visit.in);
      break;
    case Match::Kind::kOutName:
      holds = NameMatches(match.name, visit.out);
      break;
    case Match::Kind::kSource:
      holds = (packet.source & match.mask) == match.value;
      break;
    case Match::Kind::kDestination:
      holds = (packet.destination & match.mask) == match.value;
      break;
    case Match::Kind::kProtocol:
      holds = Inside(match.ranges, packet.protocol);
      break;
    case Match::Kind::kSourcePorts:
      holds = Inside(match.ranges, packet.source_port);
      break;
    case Match::Kind::kDestinationPorts:
      holds = Inside(match.ranges, packet.destination_port);
      break;
    case Match::Kind::kTcpFlags:
      holds = (packet.tcp_flags & static_cast<unsigned>(match.mask)) == match.value;
      break;
    case Match::Kind::kIcmp:
      holds = (!match.type || match.type->low == packet.icmp_type) &&
              (!match.code || match.code->low == packet.icmp_code);
      break;
    case Match::Kind::kMark:
      holds = (passing.mark & static_cast<std::uint32_t>(match.mask)) == match.value;
      break;
    case Match::Kind::kSourceRange:
      holds = Inside(match.ranges, packet.source);
      break;
    case Match::Kind::kDestinationRange:
      holds = Inside(match.ranges, packet.destination);
      break;
    case Match::Kind::kPacketType:
      holds = Inside(match.ranges, packet.type == PacketType::kHost        ? 0
                                   : packet.type == PacketType::kBroadcast ? 1
                                                                           : 2);
      break;
    case Match::Kind::kConnectionLabel:
      return ConnectionLabelMatches(match, passing);
    case Match::Kind::kConntrack:
      return ConntrackMatches(rule.conntracks[match.label], passing);
  }
  return holds != match.negated;
}

// The kernel's loop, with its stack: only jumps are remembered, so a return after a goto goes to the last
// jump's caller.
void RunTable(const Table& table, const std::string& hook, Passing& passing) {
  struct Place {
    const Chain* chain;
    std::size_t next;
  };
  std::vector<Place> stack;
  Place place{&table.at(hook), 0};
  while (true) {
    if (place.next == place.chain->rules.size()) {
      if (stack.empty()) return;
      place = stack.back();
      stack.pop_back();
      continue;
    }
    const Rule& rule = place.chain->rules[place.next++];
    if (!std::all_of(rule.matches.begin(), rule.matches.end(),
                     [&](const Match& m) { return Matches(rule, m, passing); })) {
      continue;
    }
    Entry* entry = passing.entry;
    switch (rule.target.kind) {
      case Target::Kind::kNone:
        break;
      case Target::Kind::kAccept:
        return;
      case Target::Kind::kReturn:
        if (stack.empty()) return;
        place = stack.back();
        stack.pop_back();
        break;
      case Target::Kind::kJump:
        stack.push_back(place);
        [[fallthrough]];
      case Target::Kind::kGoto:
        place = {&table.at(rule.target.chain), 0};
        break;
      case Target::Kind::kSecmark:
        passing.secmark = rule.target.context;
        break;
      case Target::Kind::kSave:
        if (entry != nullptr && !passing.secmark.empty() && entry->secmark.empty())
          entry->secmark = passing.secmark;
        break;
      case Target::Kind::kRestore:
        if (entry != nullptr && passing.secmark.empty() && !entry->secmark.empty())
          passing.secmark = entry->secmark;
        break;
      case Target::Kind::kMark:
        passing.mark = (passing.mark & ~rule.target.mask) ^ rule.target.mark;
        break;
    }
  }
}

}  // namespace

base::Result<IptablesModel> IptablesModel::Load(std::string_view v4, std::string_view v6, int times) {
  IptablesModel model;
  for (int i = 0; i < times; ++i) {
    if (auto status = iptables::Load(v4, Family::kIpv4, model.v4_); !status)
      return base::Error{"v4 " + status.error().message};
    if (auto status = iptables::Load(v6, Family::kIpv6, model.v6_); !status)
      return base::Error{"v6 " + status.error().message};
  }
  return model;
}

void IptablesModel::Traverse(Passing& passing) const {
  static const std::map<Hook, std::string> kChains = {{Hook::kPrerouting, "PREROUTING"},
                                                      {Hook::kInput, "INPUT"},
                                                      {Hook::kForward, "FORWARD"},
                                                      {Hook::kOutput, "OUTPUT"},
                                                      {Hook::kPostrouting, "POSTROUTING"}};
  const iptables::Tables& all = tables(passing.visit->packet.family);
  for (const char* name : {"mangle", "security"}) {
    const auto table = all.find(name);
    if (table == all.end() || !table->second.contains(kChains.at(passing.visit->hook))) continue;
    RunTable(table->second, kChains.at(passing.visit->hook), passing);
  }
}

}  // namespace appnet::oracle
