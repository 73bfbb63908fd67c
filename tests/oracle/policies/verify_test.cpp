// The verifier of the rules against the oracle: what the compiler writes passes, and of broken texts each
// that changes a packet's label, in the word of the reference and the models, is caught.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "artifact/flow_table.h"
#include "policies/mutate.h"
#include "verify/rules/compare.h"

namespace appnet::oracle {
namespace {

constexpr int kConversations = 150;

std::string Verify(const ir::Policy& policy, const verify::rules::RuleTexts& texts) {
  std::string text;
  for (const auto& mismatch : verify::rules::CompareRules(policy, texts)) text += mismatch.text + "\n";
  return text;
}

std::string Verify(const Compiled& compiled, const Outputs& outputs) {
  return Verify(compiled.policy, {outputs.nft, outputs.v4, outputs.v6});
}

// What an artifact has of a policy: the labels from its manifest, and the flow table. Empty where the table
// is refused.
std::optional<ir::Policy> FromArtifact(const ir::Policy& policy, std::string_view table) {
  ir::Policy read;
  read.labels = policy.labels;
  read.unmatched = policy.unmatched;
  read.unmatched_forward = policy.unmatched_forward;
  read.transit = policy.transit;
  if (!artifact::ReadFlowTable(table, read)) return std::nullopt;
  return read;
}

// An artifact of one backend alone, so that no rules are compared with each other.
std::string VerifyAlone(Backend backend, const Compiled& compiled, const Outputs& outputs) {
  const auto policy = FromArtifact(compiled.policy, artifact::FlowTable(compiled.policy));
  if (!policy) return "the flow table is refused";
  return backend == Backend::kNftables ? Verify(*policy, {outputs.nft, std::nullopt, std::nullopt})
                                       : Verify(*policy, {std::nullopt, outputs.v4, outputs.v6});
}

TEST(VerifyRules, WhatIsWrittenPasses) {
  const PolicyShape shapes[] = {{3, true, 0}, {15, true, 0}, {40, true, 25}, {8, false, 4}};
  std::uint64_t salt = 700'000;
  for (const PolicyShape& shape : shapes) {
    for (unsigned i = 0; i < PoliciesFromEnvironment(250); ++i) {
      const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + salt + i;
      Random random(seed);
      std::string complaint;
      const auto compiled = CompileNext(random, shape, complaint);
      ASSERT_NE(compiled, nullptr) << "seed " << seed << "\n" << complaint;
      ASSERT_EQ(Verify(*compiled, compiled->outputs), "") << "seed " << seed << "\n" << compiled->text;
      for (const Backend backend : {Backend::kNftables, Backend::kIptables})
        ASSERT_EQ(VerifyAlone(backend, *compiled, compiled->outputs), "") << "seed " << seed << "\n"
                                                                          << compiled->text;
    }
    salt += 10'000;
  }
}

// The first line in which the mutant differs.
std::string FirstChange(const std::string& text, const std::string& mutant) {
  const auto at = static_cast<std::size_t>(
      std::mismatch(text.begin(), text.end(), mutant.begin(), mutant.end()).first - text.begin());
  const auto line = [&](const std::string& whole) {
    const std::size_t begin = at == 0 ? 0 : whole.rfind('\n', at - 1) + 1;
    return whole.substr(begin, whole.find('\n', begin) - begin);
  };
  return "- " + line(text) + "\n+ " + line(mutant) + "\n";
}

// Mutants of one kind of text. Those that the models refuse to load count as well: the verifier must refuse
// them.
void CheckMutants(Backend backend, std::string Outputs::*part, std::uint64_t salt) {
  unsigned changed = 0;
  unsigned caught = 0;
  const unsigned mutants = PoliciesFromEnvironment(200);
  for (unsigned i = 0; i < mutants; ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + salt + i;
    Random random(seed);
    std::string complaint;
    const auto compiled =
        CompileNext(random, {3 + static_cast<unsigned>(random.Below(6)), true, 0}, complaint);
    ASSERT_NE(compiled, nullptr) << "seed " << seed << "\n" << complaint;
    Outputs outputs = compiled->outputs;
    outputs.*part = Mutate(outputs.*part, TypesOf(compiled->policy), Mutation::kAny, random);
    const std::string found = Verify(*compiled, outputs);
    if (!found.empty()) ++caught;
    const bool noticed = Noticed(backend, *compiled, outputs, random, kConversations);
    if (noticed) ++changed;
    EXPECT_FALSE(noticed && VerifyAlone(backend, *compiled, outputs).empty())
        << "seed " << seed << ": not caught in an artifact of this backend alone\n"
        << FirstChange(compiled->outputs.*part, outputs.*part) << compiled->text;
    EXPECT_FALSE(noticed && found.empty())
        << "seed " << seed << ": not caught\n"
        << FirstChange(compiled->outputs.*part, outputs.*part) << compiled->text;
  }
  EXPECT_GT(changed, mutants / 3);  // otherwise this says little
  fmt::print("{} mutants, {} change what the models see, {} were caught\n", mutants, changed, caught);
}

TEST(VerifyRules, BrokenNftablesRulesAreCaught) { CheckMutants(Backend::kNftables, &Outputs::nft, 750'000); }
TEST(VerifyRules, BrokenIptablesRulesAreCaught) { CheckMutants(Backend::kIptables, &Outputs::v4, 760'000); }
TEST(VerifyRules, BrokenIp6tablesRulesAreCaught) { CheckMutants(Backend::kIptables, &Outputs::v6, 770'000); }

// A flow table with one change is refused, or the rules no longer do what it says. Interface names that no
// function asks for are no part of what it says.
TEST(VerifyRules, ChangedFlowTablesAreCaught) {
  const unsigned policies = PoliciesFromEnvironment(100);
  unsigned read = 0;
  for (unsigned i = 0; i < policies; ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + 780'000 + i;
    Random random(seed);
    std::string complaint;
    const auto compiled =
        CompileNext(random, {3 + static_cast<unsigned>(random.Below(6)), true, 0}, complaint);
    ASSERT_NE(compiled, nullptr) << "seed " << seed << "\n" << complaint;
    const std::string table = artifact::FlowTable(compiled->policy);
    const std::size_t nodes = table.find('\n', table.rfind("label ")) + 1;
    for (int change = 0; change < 20; ++change) {
      std::string changed = table;
      changed[nodes + random.Below(table.size() - nodes)] = "0123456789abcdef \n"[random.Below(18)];
      const auto policy = FromArtifact(compiled->policy, changed);
      if (changed == table || !policy) continue;
      ++read;
      EXPECT_NE(Verify(*policy, {compiled->outputs.nft, compiled->outputs.v4, compiled->outputs.v6}), "")
          << "seed " << seed << "\n"
          << FirstChange(table, changed) << compiled->text;
    }
  }
  EXPECT_GT(read, policies);  // otherwise this says little
  fmt::print("{} changed tables could be read\n", read);
}

}  // namespace
}  // namespace appnet::oracle
