#include "base/interval_set.h"

#include <gtest/gtest.h>

#include <random>

namespace appnet::base {
namespace {

constexpr Value kMax = ~Value{0};

TEST(IntervalSet, IsCanonical) {
  EXPECT_EQ(IntervalSet({{5, 9}, {0, 4}}), IntervalSet::Of(0, 9));
  EXPECT_EQ(IntervalSet({{0, 6}, {2, 3}, {8, 8}}), IntervalSet({{8, 8}, {0, 6}}));
  EXPECT_EQ(IntervalSet({{0, 6}, {7, 8}}).size(), 1U);
  EXPECT_EQ(IntervalSet({{0, 6}, {8, 8}}).size(), 2U);
  EXPECT_TRUE(IntervalSet().empty());
}

TEST(IntervalSet, HoldsTheWholeOf128Bits) {
  const IntervalSet all = IntervalSet::Of(0, kMax);
  EXPECT_TRUE(all.Contains(0));
  EXPECT_TRUE(all.Contains(kMax));
  EXPECT_TRUE(all.Subtract(all).empty());
  EXPECT_EQ(all.Union(IntervalSet::Of(kMax, kMax)), all);
  EXPECT_EQ(all.Subtract(IntervalSet::Of(kMax, kMax)), IntervalSet::Of(0, kMax - 1));
  EXPECT_EQ(all.Subtract(IntervalSet::Of(0, 0)), IntervalSet::Of(1, kMax));
  EXPECT_EQ(IntervalSet({{kMax - 1, kMax}, {0, kMax - 2}}), all);
  EXPECT_EQ(IntervalSet({{kMax, kMax}, {0, kMax}}), all);
}

TEST(IntervalSet, SubtractsFromTheMiddle) {
  const IntervalSet left = IntervalSet::Of(10, 20);
  EXPECT_EQ(left.Subtract(IntervalSet::Of(12, 14)), IntervalSet({{10, 11}, {15, 20}}));
  EXPECT_EQ(left.Subtract(IntervalSet({{0, 10}, {20, 99}})), IntervalSet::Of(11, 19));
  EXPECT_EQ(left.Subtract(IntervalSet::Of(30, 40)), left);
}

TEST(IntervalSet, KnowsContainmentAndIntersection) {
  const IntervalSet set({{0, 4}, {8, 12}});
  EXPECT_TRUE(set.Contains(IntervalSet({{1, 2}, {8, 12}})));
  EXPECT_FALSE(set.Contains(IntervalSet::Of(4, 8)));
  EXPECT_TRUE(set.Contains(IntervalSet()));
  EXPECT_TRUE(set.Intersects(IntervalSet::Of(4, 7)));
  EXPECT_FALSE(set.Intersects(IntervalSet::Of(5, 7)));
  EXPECT_FALSE(set.Contains(Value{7}));
}

// Against sets of bits, on a small universe.
TEST(IntervalSet, AgreesWithBits) {
  std::mt19937 random(7);
  constexpr unsigned kUniverse = 24;
  const auto set_of = [](unsigned bits) {
    std::vector<Interval> points;
    for (unsigned i = 0; i < kUniverse; ++i) {
      if ((bits >> i & 1U) != 0) points.push_back({i, i});
    }
    return IntervalSet(points);
  };
  for (int round = 0; round < 2000; ++round) {
    const unsigned mask = (1U << kUniverse) - 1;
    const unsigned a = random() & mask;
    const unsigned b = random() & mask & random();
    EXPECT_EQ(set_of(a).Union(set_of(b)), set_of(a | b));
    EXPECT_EQ(set_of(a).Intersect(set_of(b)), set_of(a & b));
    EXPECT_EQ(set_of(a).Subtract(set_of(b)), set_of(a & ~b));
    EXPECT_EQ(set_of(a).Intersects(set_of(b)), (a & b) != 0);
    EXPECT_EQ(set_of(a).Contains(set_of(b)), (b & ~a) == 0);
  }
}

}  // namespace
}  // namespace appnet::base
