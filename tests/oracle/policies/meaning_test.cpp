// What the front half of the compiler understands of a text against the text itself.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "oracle/conversations.h"
#include "oracle/text_reference.h"
#include "policies/compile.h"

namespace appnet::oracle {
namespace {

constexpr int kFlows = 3000;

std::vector<Setting> AllSettings() {
  std::vector<Setting> settings;
  for (unsigned bits = 0; bits < 8; ++bits) {
    settings.push_back(
        {{"b_one", (bits & 1) != 0}, {"b_two", (bits & 2) != 0}, {"httpd_enable_cgi", (bits & 4) != 0}});
  }
  return settings;
}

std::vector<TextMatch> MatchesOf(const sema::Program& program, const ReferenceEvaluator& reference,
                                 const flow::Flow& flow, const std::vector<Setting>& settings) {
  std::vector<TextMatch> matches;
  for (const std::size_t i : reference.MatchingRules(flow)) {
    const sema::Rule& rule = program.rules[i];
    TextMatch match;
    if (rule.label) {
      match.label = ReferencePolicy().TypeName(*rule.label);
    } else {
      for (const sepolicy::TypeId type : program.domain_sets[rule.subjects])
        match.subjects.insert(ReferencePolicy().TypeName(type));
    }
    match.audited = rule.audited;
    for (const Setting& setting : settings)
      match.holds.push_back(program.conditions.Holds(rule.condition, setting));
    matches.push_back(std::move(match));
  }
  std::sort(matches.begin(), matches.end());
  return matches;
}

TEST(Meaning, ProgramsSayWhatTheirTextsSay) {
  static const std::vector<std::string> kNames = {"lo",    "eth0",   "eth1", "enp",  "enp3", "enp3s0",
                                                  "enp31", "enp2s0", "wan",  "wan0", "en",   "eth",
                                                  "eth00", "lo0",    "l",    "x"};
  const std::vector<Setting> settings = AllSettings();
  std::size_t matched = 0;
  for (unsigned i = 0; i < PoliciesFromEnvironment(100); ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + 700'000 + i;
    Random random(seed);
    std::string complaint;
    const auto compiled = CompileNext(random, {12, true, static_cast<unsigned>(random.Below(8))}, complaint);
    ASSERT_NE(compiled, nullptr) << "seed " << seed << "\n" << complaint;
    const auto text = TextReference::Read(compiled->text);
    ASSERT_TRUE(text.ok()) << "seed " << seed << "\n" << text.error().message << "\n" << compiled->text;
    const sema::Program& program = compiled->program;
    constexpr const char* kModes[] = {"base", "inherit", "audit", "deny"};
    EXPECT_EQ(text.value().unmatched(), kModes[static_cast<int>(program.unmatched)]) << compiled->text;
    EXPECT_EQ(text.value().unmatched_forward(), kModes[static_cast<int>(program.unmatched_forward)])
        << compiled->text;
    const ReferenceEvaluator reference(program, ReferencePolicy());
    FlowSampler sampler(reference, random);
    for (int f = 0; f < kFlows; ++f) {
      const flow::Direction direction = flow::kDirections[random.Below(3)];
      NamedFlow named{direction, random.Pick(kNames), random.Pick(kNames), sampler.Sample(direction)};
      named.numbers.interface = reference.ClassOf(named.interface);
      named.numbers.out = direction == flow::Direction::kForward ? reference.ClassOf(named.out) : 0;
      ASSERT_EQ(program.interfaces.ClassOf(named.interface), named.numbers.interface) << named.interface;
      const std::vector<TextMatch> wanted = text.value().Matches(named, settings);
      matched += wanted.size();
      ASSERT_TRUE(wanted == MatchesOf(program, reference, named.numbers, settings))
          << "seed " << seed << "\n"
          << Describe(named.numbers) << " " << named.interface << " " << named.out << "\n"
          << compiled->text;
    }
  }
  EXPECT_GT(matched, 100U * PoliciesFromEnvironment(100));
}

}  // namespace
}  // namespace appnet::oracle
