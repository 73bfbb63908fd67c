// The oracle's own test: generated text broken in one small way must be noticed, most of the time (a mutant
// may mean the same, or touch what no conversation reaches).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "oracle/conversations.h"
#include "policies/minimize.h"

namespace appnet::oracle {
namespace {

constexpr unsigned kMutants = 60;  // of each kind of text
constexpr int kConversations = 800;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

bool Means(const std::string& line) {
  const std::string words = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
  for (const char* idle : {"#", ";", ":", "table", "delete", "flags", "(boolean ", "(expandtypeattribute"}) {
    if (words.starts_with(idle)) return false;
  }
  return !words.empty();
}

std::vector<std::string> TypesOf(const Compiled& compiled) {
  std::vector<std::string> types;
  for (const ir::Label& label : compiled.policy.labels) types.push_back(label.type);
  return types;
}

// Leaves out a line, swaps a label for another, or moves a number by one.
std::string Mutate(const std::string& text, const std::vector<std::string>& types, Random& random) {
  std::vector<std::string> lines = Lines(text);
  for (int attempt = 0; attempt < 1000; ++attempt) {
    const std::size_t at = random.Below(lines.size());
    std::string& line = lines[at];
    if (!Means(line)) continue;
    const std::size_t kind = random.Below(3);
    if (kind == 0) {
      if (line.find_first_of("{}*:") != std::string::npos || line == "COMMIT") continue;
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (kind == 1) {
      const std::string& from = random.Pick(types);
      const std::string& to = random.Pick(types);
      // not where a label is declared
      const std::size_t found = line.find(from);
      if (from == to || found == std::string::npos || line.find("secmark " + from) != std::string::npos)
        continue;
      line.replace(found, from.size(), to);
    } else {
      std::vector<std::size_t> digits;
      for (std::size_t i = 0; i < line.size(); ++i) {
        const bool before = i == 0 || std::string_view(" .-:/,").find(line[i - 1]) != std::string_view::npos;
        if (before && std::isdigit(static_cast<unsigned char>(line[i])) != 0) digits.push_back(i);
      }
      if (digits.empty()) continue;
      const std::size_t begin = random.Pick(digits);
      std::size_t end = begin;
      while (end < line.size() && std::isdigit(static_cast<unsigned char>(line[end])) != 0) ++end;
      if (end - begin > 6) continue;
      const unsigned long number = std::stoul(line.substr(begin, end - begin));
      line.replace(begin, end - begin,
                   std::to_string(number == 0 || random.Percent(50) ? number + 1 : number - 1));
    }
    std::string mutant;
    for (const std::string& each : lines) mutant += each + "\n";
    return mutant;
  }
  return text;
}

bool Noticed(Backend backend, const Compiled& compiled, const Outputs& outputs, Random& random) {
  const ReferenceEvaluator reference(compiled.program, ReferencePolicy());
  const auto module = CilModel::Load(outputs.cil, ReferencePolicy());
  const auto rules = LoadRules(backend, outputs);
  if (!module || !rules) return true;
  Meaning meaning(reference, module.value());
  FlowSampler sampler(reference, random);
  for (int i = 0; i < kConversations; ++i) {
    for (const Scene scene : kScenes) {
      const flow::Flow flow = sampler.Sample(DirectionFor(scene, random.Percent(50)));
      const Conversation conversation = MakeConversation(scene, flow, reference, random);
      if (!Compare(backend, *rules.value(), conversation, reference, meaning).empty()) return true;
    }
  }
  return false;
}

// The share of mutants that is noticed, in percent.
unsigned NoticedShare(Backend backend, std::string Outputs::*part, std::uint64_t salt) {
  unsigned noticed = 0;
  for (unsigned i = 0; i < kMutants; ++i) {
    Random random(SeedFromEnvironment() * 1'000'003 + salt + i);
    std::string complaint;
    const auto compiled = CompileNext(random, {4, true, 0}, complaint);
    if (compiled == nullptr) return 0;
    Outputs outputs = compiled->outputs;
    outputs.*part = Mutate(outputs.*part, TypesOf(*compiled), random);
    if (Noticed(backend, *compiled, outputs, random)) ++noticed;
  }
  return noticed * 100 / kMutants;
}

TEST(Mutation, BrokenNftRulesAreNoticed) {
  EXPECT_GE(NoticedShare(Backend::kNftables, &Outputs::nft, 500'000), 70U);
}
TEST(Mutation, BrokenIptablesRulesAreNoticed) {
  EXPECT_GE(NoticedShare(Backend::kIptables, &Outputs::v4, 510'000), 60U);
  EXPECT_GE(NoticedShare(Backend::kIptables, &Outputs::v6, 520'000), 60U);
}
TEST(Mutation, BrokenModulesAreNoticed) {
  EXPECT_GE(NoticedShare(Backend::kNftables, &Outputs::cil, 530'000), 60U);
}

}  // namespace
}  // namespace appnet::oracle
