#include "oracle/packet.h"

#include <fmt/format.h>

namespace appnet::oracle {
namespace {

const char* NameOf(Hook hook) {
  constexpr const char* kNames[] = {"prerouting", "input", "forward", "output", "postrouting"};
  return kNames[static_cast<int>(hook)];
}

const char* NameOf(State state) {
  constexpr const char* kNames[] = {"invalid", "untracked", "new", "established", "related"};
  return kNames[static_cast<int>(state)];
}

std::string NameOfFlags(unsigned flags) {
  std::string text;
  for (const auto& [bit, letter] :
       {std::pair{kFin, 'F'}, {kSyn, 'S'}, {kRst, 'R'}, {kPsh, 'P'}, {kAck, 'A'}}) {
    if ((flags & bit) != 0) text += letter;
  }
  return text.empty() ? "-" : text;
}

}  // namespace

Trace Play(const Conversation& conversation, const RuleSet& rules) {
  std::vector<Entry> entries(conversation.connections.size());
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].connection = &conversation.connections[i];
  Trace trace;
  for (const Journey& journey : conversation.journeys) {
    Passing passing;
    passing.secmark = journey.carried;
    passing.mark = journey.mark;
    auto& steps = trace.journeys.emplace_back();
    for (const Visit& visit : journey.visits) {
      passing.visit = &visit;
      passing.entry = nullptr;
      if (visit.connection >= 0) {
        Entry& entry = entries[static_cast<std::size_t>(visit.connection)];
        if (!entry.seen && entry.connection->master >= 0) {
          entry.secmark = entries[static_cast<std::size_t>(entry.connection->master)].secmark;
        }
        entry.seen = true;
        if (visit.reply) entry.seen_reply = true;
        passing.entry = &entry;
      }
      rules.Traverse(passing);
      steps.push_back(
          {passing.secmark, passing.mark, passing.entry == nullptr ? "" : passing.entry->secmark});
    }
  }
  return trace;
}

std::string Describe(const Visit& visit) {
  const Packet& packet = visit.packet;
  std::string text = fmt::format("{:11} in \"{}\" out \"{}\" {} > {} protocol {}", NameOf(visit.hook),
                                 visit.in, visit.out, base::FormatAddress({packet.family, packet.source}),
                                 base::FormatAddress({packet.family, packet.destination}), packet.protocol);
  if (CarriesPorts(packet.protocol))
    text += fmt::format(" {} > {}", packet.source_port, packet.destination_port);
  if (packet.protocol == kTcp) text += " " + NameOfFlags(packet.tcp_flags);
  if (CarriesIcmp(packet.family, packet.protocol))
    text += fmt::format(" {}:{}", packet.icmp_type, packet.icmp_code);
  if (packet.type != PacketType::kHost)
    text += packet.type == PacketType::kBroadcast ? " broadcast" : " multicast";
  text += fmt::format("  {}", NameOf(visit.state));
  if (visit.connection >= 0)
    text += fmt::format(" {} #{}", visit.reply ? "reply" : "original", visit.connection);
  return text;
}

std::string Describe(const Conversation& conversation) {
  std::string text = fmt::format("conversation: {}\n", conversation.kind);
  for (std::size_t i = 0; i < conversation.connections.size(); ++i) {
    const Connection& c = conversation.connections[i];
    const auto tuple = [&](const Tuple& t) {
      return fmt::format("{}:{} > {}:{}", base::FormatAddress({c.family, t.source}), t.source_port,
                         base::FormatAddress({c.family, t.destination}), t.destination_port);
    };
    text += fmt::format("  #{} original {} reply {}{}{}{}{}\n", i, tuple(c.original), tuple(c.reply),
                        c.destination_translated ? " dnat" : "", c.source_translated ? " snat" : "",
                        c.master >= 0 ? fmt::format(" expected by #{}", c.master) : "",
                        c.holds_labels ? "" : " without room for labels");
  }
  for (std::size_t j = 0; j < conversation.journeys.size(); ++j) {
    const Journey& journey = conversation.journeys[j];
    for (const Visit& visit : journey.visits) {
      text += fmt::format("  [{}] {}{}\n", j, Describe(visit),
                          journey.carried.empty() ? "" : " carries " + journey.carried);
    }
  }
  return text;
}

}  // namespace appnet::oracle
