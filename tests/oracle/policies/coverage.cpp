#include "policies/coverage.h"

#include <fmt/format.h>

#include <set>

namespace appnet::oracle {
namespace {

constexpr const char* kSteps[] = {
    "prerouting",    "multicast",  "invalid",  "untracked", "labelled connection",
    "related error", "mid-stream", "original", "reply",     "picked up on lo",
    "forwarded"};
constexpr const char* kOutcomes[] = {"governed",  "base type",         "inherited",
                                     "unmatched", "unmatched forward", "transit"};
constexpr const char* kOthers[] = {"three domains overlap",
                                   "except",
                                   "condition",
                                   "audited",
                                   "own address",
                                   "as type",
                                   "label block",
                                   "lo in a rule",
                                   "wildcard interface",
                                   "IPv4",
                                   "IPv6",
                                   "translated destination",
                                   "translated source",
                                   "translated reply on lo",
                                   "untranslated reply on lo",
                                   "expected connection",
                                   "expected by one without label",
                                   "no room for labels",
                                   "carries a foreign label",
                                   "carries our mark",
                                   "answers ICMP",
                                   "bare protocol",
                                   "looped multicast",
                                   "broadcast",
                                   "unmatched base",
                                   "unmatched inherit",
                                   "unmatched audit",
                                   "unmatched deny",
                                   "enforce always"};

}  // namespace

void Coverage::Add(const ReferenceEvaluator& reference, const std::string& text) {
  const auto note = [&](const char* name, bool seen) { counts_[name] += seen ? 1 : 0; };
  const auto has = [&](const char* words) { return text.find(words) != std::string::npos; };
  note("except", has(" except "));
  note("condition", has("  if ") || has("\nif "));
  note("audited", has("audit connect") || has("audit accept"));
  note("own address", has(" at "));
  note("as type", has(" as "));
  note("label block", has("label "));
  note("lo in a rule", has("\"lo\""));
  note("wildcard interface", has("*\""));
  note("enforce always", has("enforce always"));
  constexpr const char* kModes[] = {"unmatched base", "unmatched inherit", "unmatched audit",
                                    "unmatched deny"};
  note(kModes[static_cast<int>(reference.program().unmatched)], true);
}

void Coverage::Add(const ReferenceEvaluator& reference, const Conversation& conversation) {
  const auto note = [&](const char* name, bool seen) { counts_[name] += seen ? 1 : 0; };
  for (const Connection& connection : conversation.connections) {
    note("translated destination", connection.destination_translated);
    note("translated source", connection.source_translated);
    note("expected connection", connection.master >= 0);
    note("no room for labels", !connection.holds_labels);
  }
  const auto judgements = PacketReference(reference, conversation, false).Judge();
  for (std::size_t j = 0; j < conversation.journeys.size(); ++j) {
    const Journey& journey = conversation.journeys[j];
    note("carries a foreign label", !journey.carried.empty());
    note("carries our mark", (journey.mark & 0x20000000) != 0);
    for (std::size_t v = 0; v < journey.visits.size(); ++v) {
      const Visit& visit = journey.visits[v];
      const Packet& packet = visit.packet;
      note(packet.family == Family::kIpv4 ? "IPv4" : "IPv6", true);
      note("answers ICMP",
           visit.reply && CarriesIcmp(packet.family, packet.protocol) && visit.state != State::kRelated);
      note("bare protocol", !CarriesPorts(packet.protocol) && !CarriesIcmp(packet.family, packet.protocol));
      note("looped multicast", conversation.kind == "looped multicast");
      note("broadcast", packet.type == PacketType::kBroadcast);
      if (!judgements[j][v]) continue;
      const Judgement& judgement = *judgements[j][v];
      counts_[kSteps[static_cast<int>(judgement.step)]] += 1;
      counts_[kOutcomes[static_cast<int>(judgement.outcome.kind)]] += 1;
      note("translated reply on lo", judgement.translated_reply_on_lo);
      note("untranslated reply on lo", judgement.untranslated.has_value());
      note("expected by one without label",
           visit.state == State::kRelated && visit.connection > 0 && judgement.step == Step::kOriginal);
      std::set<sepolicy::TypeId> domains;
      for (const std::size_t i : judgement.outcome.rules) {
        const auto& subjects = reference.program().domain_sets[reference.program().rules[i].subjects];
        domains.insert(subjects.begin(), subjects.end());
      }
      note("three domains overlap", judgement.outcome.rules.size() >= 3 && domains.size() >= 3);
    }
  }
}

std::vector<std::string> Coverage::Gaps() const {
  std::vector<std::string> gaps;
  const auto check = [&](const char* name) {
    const auto count = counts_.find(name);
    if (count == counts_.end() || count->second == 0) gaps.emplace_back(name);
  };
  for (const char* name : kSteps) check(name);
  for (const char* name : kOutcomes) check(name);
  for (const char* name : kOthers) check(name);
  return gaps;
}

std::string Coverage::Table() const {
  std::string text;
  for (const auto& [name, count] : counts_) text += fmt::format("{:8} {}\n", count, name);
  return text;
}

}  // namespace appnet::oracle
