// Covered rules are found exactly, and among a hundred thousand as well.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>

#include "analysis/lints.h"

namespace appnet::analysis {
namespace {

using flow::IntervalSet;

const sepolicy::Policy& ReferencePolicy() {
  static const sepolicy::Policy kPolicy = std::move(sepolicy::Policy::Reference()).value();
  return kPolicy;
}

sema::Rule RuleAt(std::uint32_t offset) {
  sema::Rule rule;
  rule.region.interfaces = IntervalSet::Of(0, 1);
  rule.region.peer = flow::AnyAddress();
  rule.region.self = flow::AnyAddress();
  rule.region.services = flow::AnyService();
  rule.origin.span = {0, offset, offset + 1};
  return rule;
}

// Where the covered rules begin.
std::set<std::uint32_t> Covered(const sema::Program& program) {
  diag::Emitter emitter;
  WarnCoveredRules(program, ReferencePolicy(), emitter);
  std::set<std::uint32_t> offsets;
  for (const diag::Diagnostic& diagnostic : emitter.Sorted()) offsets.insert(diagnostic.span->begin);
  return offsets;
}

IntervalSet Few(std::mt19937& random, unsigned values) {
  std::vector<flow::Interval> intervals;
  for (unsigned value = 0; value < values; ++value) {
    if (random() % 2 == 0) intervals.push_back({value, value});
  }
  return intervals.empty() ? IntervalSet::Of(0, 0) : IntervalSet(intervals);
}

// Every flow, domain and condition of a small space, one by one.
bool Grants(const sema::Program& program, const sema::Rule& rule, const flow::Flow& flow,
            sepolicy::TypeId domain, bool boolean) {
  return flow::Contains(rule.region, flow) &&
         std::ranges::binary_search(program.domain_sets[rule.subjects], domain) &&
         program.conditions.Holds(rule.condition, {{"b", boolean}});
}

bool CoversSlowly(const sema::Program& program, const sema::Rule& outer, const sema::Rule& inner) {
  if (inner.audited && !outer.audited) return false;
  for (const flow::Family family : flow::kFamilies) {
    for (unsigned point = 0; point < 3 * 3 * 2 * 2 * 2; ++point) {
      flow::Flow flow;
      flow.family = family;
      flow.service = point % 3;
      flow.peer = point / 3 % 3;
      flow.interface = point / 9 % 2;
      const sepolicy::TypeId domain = point / 18 % 2;
      const bool boolean = point / 36 % 2 == 1;
      if (Grants(program, inner, flow, domain, boolean) && !Grants(program, outer, flow, domain, boolean))
        return false;
    }
  }
  return true;
}

TEST(CoveredRule, AgreesWithALookAtEveryFlow) {
  std::mt19937 random(7);
  std::size_t covered = 0;
  for (int round = 0; round < 200; ++round) {
    sema::Program program;
    program.domain_sets = {{0}, {1}, {0, 1}};
    const flow::ConditionId b = program.conditions.Variable("b");
    const flow::ConditionId conditions[] = {flow::kAlways, b, program.conditions.Not(b)};
    for (std::uint32_t i = 0; i < 12; ++i) {
      sema::Rule rule = RuleAt(i);
      rule.region.interfaces = Few(random, 2);
      for (const flow::Family family : flow::kFamilies) {
        rule.region.self.of(family) = IntervalSet::Of(0, 0);
        rule.region.services.of(family) = Few(random, 3);
        rule.region.peer.of(family) = random() % 4 == 0 ? IntervalSet() : Few(random, 3);
      }
      if (rule.region.peer.empty()) rule.region.peer.v4 = IntervalSet::Of(0, 2);
      rule.subjects = random() % 3;
      rule.condition = conditions[random() % 3];
      rule.audited = random() % 4 == 0;
      program.rules.push_back(rule);
    }
    std::set<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < program.rules.size(); ++i) {
      for (std::uint32_t j = 0; j < program.rules.size(); ++j) {
        const bool covers = i != j && CoversSlowly(program, program.rules[j], program.rules[i]);
        if (covers && (j < i || !CoversSlowly(program, program.rules[i], program.rules[j])))
          expected.insert(i);
      }
    }
    EXPECT_EQ(Covered(program), expected) << "round " << round;
    covered += expected.size();
  }
  EXPECT_GT(covered, 100U);
}

TEST(CoveredRule, IsFoundAmongAHundredThousand) {
  constexpr std::uint32_t kCount = 100'000;
  sema::Program program;
  program.domain_sets = {{0}, {1}};
  std::mt19937 random(3);
  for (std::uint32_t i = 0; i < kCount; ++i) {
    sema::Rule rule = RuleAt(i);
    const unsigned port = flow::kProtocolTcp << 16U | random() % 0xffffU;
    rule.region.services.v4 = rule.region.services.v6 = IntervalSet::Of(port, port);
    // A third names hosts, a third networks, a third ports alone.
    const std::uint32_t host = random();
    if (i % 3 == 0) rule.region.peer.v4 = IntervalSet::Of(host, host);
    if (i % 3 == 1) rule.region.peer.v4 = IntervalSet::Of(host & 0xffff0000U, host | 0xffffU);
    if (i % 3 != 2) rule.region.peer.v6 = IntervalSet();
    rule.subjects = i % 2;
    program.rules.push_back(rule);
  }
  program.rules.push_back(program.rules[4]);
  program.rules.back().origin.span = {0, kCount, kCount + 1};
  const auto begin = std::chrono::steady_clock::now();
  const std::set<std::uint32_t> covered = Covered(program);
  EXPECT_TRUE(covered.contains(kCount));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace appnet::analysis
