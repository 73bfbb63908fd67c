#include "policies/compare.h"

#include <fmt/format.h>

namespace appnet::oracle {
namespace {

constexpr std::uint32_t kForwardedMark = 0x20000000;

std::string CheckMark(Backend backend, const Journey& journey, const Visit& visit, std::uint32_t mark) {
  const std::uint32_t ours = backend == Backend::kIptables ? kForwardedMark : 0;
  if (((mark ^ journey.mark) & ~ours) != 0)
    return fmt::format("the packet's mark was {:#x} and is {:#x}", journey.mark, mark);
  if (ours != 0 && visit.hook == Hook::kPostrouting && (mark & ours) != 0)
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

std::string Compare(Backend backend, const RuleSet& rules, const Conversation& conversation,
                    const ReferenceEvaluator& reference, Meaning& meaning) {
  const bool iptables = backend == Backend::kIptables;
  const Trace trace = Play(conversation, rules);
  const auto judgements = PacketReference(reference, conversation, iptables).Judge();
  for (std::size_t j = 0; j < conversation.journeys.size(); ++j) {
    const Journey& journey = conversation.journeys[j];
    for (std::size_t v = 0; v < journey.visits.size(); ++v) {
      const Visit& visit = journey.visits[v];
      const Trace::Step& step = trace.journeys[j][v];
      std::string wrong = CheckMark(backend, journey, visit, step.mark);
      const auto& judgement = judgements[j][v];
      std::string expected = "-";
      if (judgement && wrong.empty()) {
        // CONNSECMARK --restore leaves alone a packet that arrived with a label
        if (iptables && !journey.carried.empty() && judgement->carried_over) continue;
        const Outcome& outcome =
            !iptables && judgement->untranslated ? *judgement->untranslated : judgement->outcome;
        expected = Describe(outcome, reference);
        wrong = meaning.Difference(step.secmark, outcome);
        if (wrong.empty() && visit.connection >= 0) {
          const Connection& connection = conversation.connections[static_cast<std::size_t>(visit.connection)];
          wrong = CheckSaved(backend, connection, visit, judgement->saved, step.saved, meaning);
        }
      }
      if (wrong.empty()) continue;
      return fmt::format("packet [{}]: {}\nexpected: {}\nactual: \"{}\"\n{}\n{}", j, Describe(visit),
                         expected, step.secmark, wrong, Describe(conversation));
    }
  }
  return "";
}

}  // namespace appnet::oracle
