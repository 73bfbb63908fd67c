// The index finds what a look at every box finds.

#include "analysis/hull_index.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace appnet::analysis {
namespace {

std::set<std::uint32_t> Containing(const HullIndex& index, const Hull& inner) {
  std::set<std::uint32_t> owners;
  index.AnyContaining(inner, [&](std::uint32_t owner) {
    owners.insert(owner);
    return false;
  });
  return owners;
}

TEST(HullIndex, FindsWhatContains) {
  std::mt19937 random(1);
  for (const std::size_t count : {0U, 1U, 9U, 300U}) {
    std::vector<Hull> hulls;
    for (std::uint32_t i = 0; i < count; ++i) {
      Hull hull;
      hull.owner = i;
      for (base::Interval& side : hull.sides) {
        side.low = random() % 6;
        side.high = side.low + random() % 6;
      }
      hulls.push_back(hull);
    }
    const HullIndex index(hulls);
    std::size_t found = 0;
    for (const Hull& inner : hulls) {
      std::set<std::uint32_t> expected;
      for (const Hull& outer : hulls) {
        bool contains = true;
        for (std::size_t side = 0; side < kHullSides; ++side)
          contains = contains && outer.sides.at(side).low <= inner.sides.at(side).low &&
                     outer.sides.at(side).high >= inner.sides.at(side).high;
        if (contains) expected.insert(outer.owner);
      }
      EXPECT_EQ(Containing(index, inner), expected);
      found += expected.size();
    }
    EXPECT_GE(found, count) << "each contains itself";
  }
}

TEST(HullIndex, StopsAtTheFirstThatIsWanted) {
  const HullIndex index(std::vector<Hull>(100));
  int asked = 0;
  EXPECT_TRUE(index.AnyContaining(Hull{}, [&](std::uint32_t) { return ++asked == 3; }));
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace appnet::analysis
