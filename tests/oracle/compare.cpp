#include "oracle/compare.h"

#include <fmt/format.h>

namespace appnet::oracle {
namespace {

constexpr std::uint32_t kForwardedMark = 0x20000000;

std::string CheckMark(const Journey& journey, const Visit& visit, std::uint32_t mark) {
  if (((mark ^ journey.mark) & ~kForwardedMark) != 0)
    return fmt::format("the packet's mark was {:#x} and is {:#x}", journey.mark, mark);
  if (visit.hook == Hook::kPostrouting && (mark & kForwardedMark) != 0)
    return "our mark is still on the packet";
  return "";
}

// What the rules have saved on the connection, where later packets can see it.
std::string CheckSaved(Backend backend, const Connection& connection, const Visit& visit,
                       const std::optional<Outcome>& saved, const std::string& context, Meaning& meaning) {
  const bool iptables = backend == Backend::kIptables;
  // --save keeps the first label of a connection that is looked up again each time
  if (iptables && !connection.holds_labels) return "";
  // nftables keeps the client's label of a translated connection over lo
  const bool lo = visit.in == "lo" || visit.out == "lo";
  if (!iptables && lo && connection.destination_translated) return "";
  if (!saved) return context.empty() ? "" : "the connection should carry no label and carries " + context;
  const std::string difference = meaning.Difference(context, *saved);
  return difference.empty() ? "" : "saved on the connection: " + difference;
}

}  // namespace

std::vector<Difference> Differences(Backend backend, const Trace& trace, const Conversation& conversation,
                                    const ReferenceEvaluator& reference, Meaning& meaning) {
  const bool iptables = backend == Backend::kIptables;
  const auto judgements = PacketReference(reference, conversation, iptables).Judge();
  std::vector<Difference> differences;
  for (std::size_t j = 0; j < conversation.journeys.size(); ++j) {
    const Journey& journey = conversation.journeys[j];
    for (std::size_t v = 0; v < journey.visits.size(); ++v) {
      const Visit& visit = journey.visits[v];
      const Trace::Step& step = trace.journeys[j][v];
      std::string wrong = CheckMark(journey, visit, step.mark);
      const auto& judgement = judgements[j][v];
      std::string expected = "-";
      if (judgement && wrong.empty()) {
        // CONNSECMARK --restore leaves alone a packet that arrived with a label
        if (iptables && !journey.carried.empty() && judgement->carried_over) continue;
        const Outcome& outcome =
            !iptables && judgement->untranslated ? *judgement->untranslated : judgement->outcome;
        expected = Describe(outcome, reference);
        wrong = meaning.Difference(step.secmark, outcome);
        if (wrong.empty() && visit.connection >= 0 && step.saved) {
          const Connection& connection = conversation.connections[static_cast<std::size_t>(visit.connection)];
          wrong = CheckSaved(backend, connection, visit, judgement->saved, *step.saved, meaning);
        }
      }
      if (!wrong.empty()) differences.push_back({j, v, expected, wrong});
    }
  }
  return differences;
}

std::string Compare(Backend backend, const RuleSet& rules, const Conversation& conversation,
                    const ReferenceEvaluator& reference, Meaning& meaning) {
  const Trace trace = Play(conversation, rules);
  const auto differences = Differences(backend, trace, conversation, reference, meaning);
  if (differences.empty()) return "";
  const Difference& first = differences.front();
  const Visit& visit = conversation.journeys[first.journey].visits[first.visit];
  return fmt::format("packet [{}]: {}\nexpected: {}\nactual: \"{}\"\n{}\n{}", first.journey, Describe(visit),
                     first.expected, trace.journeys[first.journey][first.visit].secmark, first.wrong,
                     Describe(conversation));
}

}  // namespace appnet::oracle
