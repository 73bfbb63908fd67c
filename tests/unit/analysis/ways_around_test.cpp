#include "analysis/ways_around.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/lower/lowered.h"

namespace appnet::analysis {
namespace {

std::vector<std::string> Ways(const std::string& body,
                              const sepolicy::Policy& base = lower::ReferencePolicy()) {
  const lower::Lowered lowered = lower::LowerBody(body, {}, base);
  std::vector<std::string> texts;
  const WaysAround found = FindWaysAround(*lowered.program, base).value();
  for (const WayAround& way : found.ways) {
    std::string text = base.TypeName(way.domain) + " " + way.how + (way.at_defaults ? "" : " (off)");
    for (const std::string& rule : way.rules) text += " " + rule;
    texts.push_back(text);
  }
  return texts;
}

using Strings = std::vector<std::string>;

TEST(WaysAround, ConfinedDomainsHaveNone) {
  const lower::Lowered lowered = lower::LowerBody("domain mozilla_t, sshd_t { connect tcp/443; }");
  const WaysAround ways = FindWaysAround(*lowered.program, lower::ReferencePolicy()).value();
  EXPECT_EQ(ways.domains, 2U);
  EXPECT_EQ(ways.some_way, 0U);
  EXPECT_TRUE(ways.ways.empty());
}

TEST(WaysAround, EachPowerWithItsRules) {
  const Strings ping = Ways("domain ping_t { connect icmp/8; }");
  ASSERT_FALSE(ping.empty());
  EXPECT_TRUE(std::ranges::all_of(ping, [](const std::string& way) { return way.starts_with("ping_t "); }));
  EXPECT_NE(ping.front().find("(allow ping_t ping_t (capability (net_raw)))"), std::string::npos)
      << ping.front();

  const sepolicy::Policy base = lower::ReferenceWith(
      "(boolean risky false)(allow mozilla_t self (bpf (prog_load)))"
      "(booleanif risky (true (allow chromium_t http_client_packet_t (packet (relabelto)))))");
  EXPECT_EQ(Ways("domain mozilla_t, chromium_t { connect tcp/443; }", base),
            (Strings{"chromium_t labelling packets (off) (allow chromium_t http_client_packet_t (packet "
                     "(relabelto))) if risky",
                     "mozilla_t loading BPF programs (allow mozilla_t mozilla_t (bpf (prog_load)))"}));
}

TEST(WaysAround, HalfAPowerIsNone) {
  const sepolicy::Policy base = lower::ReferenceWith(
      "(allow mozilla_t self (packet_socket (create)))"
      "(allow chromium_t self (capability (net_raw)))");
  EXPECT_EQ(Ways("domain mozilla_t, chromium_t { connect tcp/443; }", base), Strings{});
}

TEST(WaysAround, WhatADomainMayBecomeCounts) {
  const sepolicy::Policy base = lower::ReferenceWith(
      "(type ping_program_t)(allow mozilla_t ping_t (process (transition)))"
      "(allow mozilla_t ping_program_t (file (execute)))(allow ping_t ping_program_t (file (entrypoint)))"
      "(allow chromium_t ping_t (process (transition)))");
  const Strings ways = Ways("domain mozilla_t, chromium_t { connect tcp/443; }", base);
  ASSERT_EQ(ways.size(), 1U) << "a transition needs a file to execute";
  EXPECT_TRUE(ways[0].starts_with("mozilla_t becoming ping_t: ")) << ways[0];
  EXPECT_NE(ways[0].find("(allow mozilla_t ping_t (process (transition)))"), std::string::npos) << ways[0];
  EXPECT_NE(ways[0].find("(allow ping_t ping_program_t (file (entrypoint)))"), std::string::npos) << ways[0];
}

}  // namespace
}  // namespace appnet::analysis
