#include <gtest/gtest.h>

#include <random>

#include "flow/fields.h"

namespace appnet::flow {
namespace {

bool PatternMatches(const std::string& pattern, const std::string& name) {
  if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return name == pattern;
}

std::vector<std::string> Names(const InterfaceClasses& classes) {
  std::vector<std::string> names;
  for (InterfaceClassId id = 0; id < classes.size(); ++id) names.push_back(classes.NameOf(id));
  return names;
}

TEST(InterfaceClasses, WithoutPatternsThereAreLoopbackAndTheRest) {
  const InterfaceClasses classes;
  EXPECT_EQ(Names(classes), (std::vector<std::string>{"lo", "(other)"}));
  EXPECT_EQ(classes.ClassOf("lo"), kLoopback);
  EXPECT_EQ(classes.ClassOf("lo0"), 1U);
  EXPECT_EQ(classes.ClassOf(""), 1U);
  EXPECT_EQ(classes.Any(), IntervalSet::Of(0, 1));
}

TEST(InterfaceClasses, OrderIsFixedWhateverTheOrderOfPatterns) {
  const InterfaceClasses classes({"wan0", "enp*", "lo", "eth0", "en*", "wan0"});
  EXPECT_EQ(Names(classes), (std::vector<std::string>{"lo", "eth0", "wan0", "en*", "enp*", "(other)"}));
  EXPECT_EQ(classes[3].kind, InterfaceClass::Kind::kPrefix);
  EXPECT_EQ(classes[3].text, "en");
}

TEST(InterfaceClasses, NarrowestClassWins) {
  const InterfaceClasses classes({"en*", "enp*", "enp3s0"});
  EXPECT_EQ(classes.NameOf(classes.ClassOf("enp3s0")), "enp3s0");
  EXPECT_EQ(classes.NameOf(classes.ClassOf("enp3s1")), "enp*");
  EXPECT_EQ(classes.NameOf(classes.ClassOf("enp")), "enp*");
  EXPECT_EQ(classes.NameOf(classes.ClassOf("eno1")), "en*");
  EXPECT_EQ(classes.NameOf(classes.ClassOf("e")), "(other)");
  EXPECT_EQ(classes.NameOf(classes.ClassOf("ENP3S0")), "(other)");
}

TEST(InterfaceClasses, WildcardIncludesLoopback) {
  const InterfaceClasses classes({"l*", "lan0"});
  EXPECT_EQ(Names(classes), (std::vector<std::string>{"lo", "lan0", "l*", "(other)"}));
  EXPECT_EQ(classes.Matching("l*"), IntervalSet::Of(0, 2));
  EXPECT_EQ(classes.Matching("lan0"), IntervalSet::Of(1, 1));
  EXPECT_EQ(classes.Matching("lo"), IntervalSet::Of(0, 0));
  EXPECT_EQ(classes.Matching("*"), classes.Any());
}

TEST(InterfaceClasses, LoopbackPrefixIsNotTheLoopback) {
  const InterfaceClasses classes({"lo*"});
  EXPECT_EQ(Names(classes), (std::vector<std::string>{"lo", "lo*", "(other)"}));
  EXPECT_EQ(classes.ClassOf("lo"), kLoopback);
  EXPECT_EQ(classes.ClassOf("lo1"), 1U);
  EXPECT_EQ(classes.Matching("lo*"), IntervalSet::Of(0, 1));
}

TEST(InterfaceClasses, AgreesWithMatchingEveryNameByItself) {
  std::vector<std::string> all{""};  // every name of up to 4 letters from a small alphabet with "lo" in it
  for (std::size_t begin = 0, length = 0; length < 4; ++length) {
    const std::size_t end = all.size();
    for (; begin < end; ++begin) {
      for (const char letter : {'l', 'o', 'x'}) all.push_back(all[begin] + letter);
    }
  }
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> patterns;
    for (std::size_t count = random() % 7; count > 0; --count) {
      std::string pattern = all[1 + random() % (all.size() - 1)];
      if (random() % 2 == 0) pattern += '*';
      patterns.push_back(pattern);
    }
    const InterfaceClasses classes(patterns);
    for (const std::string& pattern : patterns) {
      const IntervalSet matching = classes.Matching(pattern);
      for (std::size_t i = 1; i < all.size(); ++i) {
        EXPECT_EQ(matching.Contains(classes.ClassOf(all[i])), PatternMatches(pattern, all[i]))
            << pattern << " " << all[i];
      }
    }
  }
}

using InterfaceClassesDeathTest = ::testing::Test;
TEST(InterfaceClassesDeathTest, UnknownPatternsAreOurBug) {
  const InterfaceClasses classes({"eth0"});
  EXPECT_EXIT(classes.Matching("eth1"), ::testing::ExitedWithCode(4), "not made from");
  EXPECT_EXIT(classes.Matching("eth*"), ::testing::ExitedWithCode(4), "not made from");
}

}  // namespace
}  // namespace appnet::flow
