// Policies whose rules cross each other everywhere are stopped, soon, with the rules to blame.

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <iterator>
#include <random>

#include "lowered.h"

namespace appnet::lower {
namespace {

using diag::Kind;

constexpr const char* kDomains[] = {
    "mozilla_t", "chromium_t", "ssh_t",  "sshd_t",  "ping_t", "ntpd_t", "named_t",      "httpd_t", "squid_t",
    "mysqld_t",  "ftpd_t",     "nfsd_t", "rsync_t", "apt_t",  "user_t", "unconfined_t", "init_t",  "dhcpc_t"};

// Each rule is an interval in every field, for some domain under some condition.
std::string CrossingRules(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](unsigned bound) { return static_cast<unsigned>(random() % bound); };
  const auto hosts = [&] {
    const unsigned low = below(65000);
    const unsigned high = low + below(65535 - low);
    return fmt::format("10.{}.{}.0-10.{}.{}.255", low / 256, low % 256, high / 256, high % 256);
  };
  std::string body;
  for (unsigned i = 0; i < 8; ++i) body += fmt::format("boolean b{} = false;\n", i);
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned port = below(60000);
    body += fmt::format("domain {} {{ if b{} {{ connect tcp/{}-{} to {} at {}; }} }}\n",
                        kDomains[below(std::size(kDomains))], below(8), port, port + below(65535 - port),
                        hosts(), hosts());
  }
  return body;
}

TEST(Explosion, SmallBudgetNamesTheRules) {
  Options options;
  options.budget.edges = 30;
  const Lowered lowered = LowerBody(
      "domain mozilla_t {\n  connect tcp/1-100 to 10.0.0.0/8;\n  connect tcp/50-150 to any;\n}\n"
      "domain chromium_t {\n  connect tcp/* to 10.0.0.0/16 at 10.9.0.0/16;\n  connect udp/1 to any;\n}\n"
      "domain sshd_t {\n  accept tcp/60-70 from 10.0.0.0/9;\n}\n",
      options);
  ASSERT_FALSE(lowered.policy);
  const std::vector<diag::Diagnostic> all = lowered.emitter.Sorted();
  ASSERT_EQ(all.size(), 1U) << lowered.Messages();
  EXPECT_EQ(all[0].kind, Kind::kTooManyClasses);
  ASSERT_TRUE(all[0].span);
  EXPECT_EQ(lowered.sources->Text(*all[0].span), "connect tcp/1-100 to 10.0.0.0/8");
  ASSERT_FALSE(all[0].notes.empty());
  EXPECT_NE(all[0].notes[0].find("connect tcp/* to 10.0.0.0/16 at 10.9.0.0/16"), std::string::npos)
      << lowered.Messages();
}

TEST(Explosion, EveryPartOfTheBudgetStops) {
  for (const int part : {0, 1, 2}) {
    Options options;
    if (part == 0) options.budget.edges = 5000;
    if (part == 1) options.budget.steps = 5000;
    if (part == 2) options.budget.set_elements = 5000;
    const Lowered lowered = LowerBody(CrossingRules(100, 1), options);
    EXPECT_FALSE(lowered.policy) << part;
    ASSERT_EQ(lowered.emitter.error_count(), 1U) << part;
    EXPECT_EQ(lowered.emitter.Sorted()[0].kind, Kind::kTooManyClasses) << part;
  }
}

TEST(Explosion, DefaultBudgetStopsSoon) {
  const auto begin = std::chrono::steady_clock::now();
  const Lowered lowered = LowerBody(CrossingRules(3000, 2));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  EXPECT_FALSE(lowered.policy);
  ASSERT_EQ(lowered.emitter.error_count(), 1U);
  EXPECT_EQ(lowered.emitter.Sorted()[0].kind, Kind::kTooManyClasses);
  // A second or two, and less than a gibibyte; without optimisation and with sanitizers, more.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
  EXPECT_LT(taken.count(), 20) << "this leaves room for a busy machine";
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  EXPECT_LT(used.ru_maxrss, 1L << 20);
#else
  EXPECT_LT(taken.count(), 600);
#endif
}

// A flow space that fits in memory can still be more than packet filters can look up.
TEST(Explosion, TooManyLookups) {
  Options options;
  options.lookup_entries = 100;
  const Lowered lowered = LowerBody(CrossingRules(20, 3), options);
  EXPECT_FALSE(lowered.policy);
  ASSERT_EQ(lowered.emitter.error_count(), 1U);
  EXPECT_EQ(lowered.emitter.Sorted()[0].message,
            "the rules cut the flow space into more than 100 pieces for packet filters to look up");
}

TEST(Explosion, RangesOfPeersAreEntries) {
  Options options;
  options.lookup_entries = 16;
  std::string hosts = "10.0.0.1";
  for (int i = 1; i < 200; ++i) hosts += fmt::format(", 10.0.{}.0/24", 2 * i);
  const std::string body =
      "domain mozilla_t { connect tcp/80 to any at 10.9.0.0/16; connect tcp/81 to any; }";
  EXPECT_TRUE(LowerBody(body, options).policy);
  // 200 ranges of peers with something else are 200 entries.
  EXPECT_FALSE(LowerBody(body + "domain ssh_t { connect tcp/22 to " + hosts + "; }", options).policy);
}

// What is large without crossing is no explosion.
TEST(Explosion, ManyNarrowRulesPass) {
  std::string body;
  for (unsigned i = 0; i < 3000; ++i) {
    body += fmt::format("domain {} {{ connect tcp/{} to 10.{}.{}.0/24; }}\n",
                        i % 3 == 0 ? "mozilla_t" : "ssh_t", 1 + i % 40, i / 250, i % 250);
  }
  EXPECT_TRUE(LowerBody(body).policy);
}

}  // namespace
}  // namespace appnet::lower
