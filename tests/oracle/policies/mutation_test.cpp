// The oracle's own test: generated text broken in one small way must be noticed, most of the time (a mutant
// may mean the same, or touch what no conversation reaches).
#include <gtest/gtest.h>

#include "policies/mutate.h"

namespace appnet::oracle {
namespace {

constexpr unsigned kMutants = 60;  // of each kind of text
constexpr int kConversations = 800;

// The share of mutants that is noticed, in percent.
unsigned NoticedShare(Backend backend, std::string Outputs::*part, std::uint64_t salt) {
  unsigned noticed = 0;
  for (unsigned i = 0; i < kMutants; ++i) {
    Random random(SeedFromEnvironment() * 1'000'003 + salt + i);
    std::string complaint;
    const auto compiled = CompileNext(random, {4, true, 0}, complaint);
    if (compiled == nullptr) return 0;
    Outputs outputs = compiled->outputs;
    outputs.*part = Mutate(outputs.*part, TypesOf(compiled->policy), Mutation::kPlain, random);
    if (Noticed(backend, *compiled, outputs, random, kConversations)) ++noticed;
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
