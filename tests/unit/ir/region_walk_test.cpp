#include "ir/region_walk.h"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "unit/ir/small_space.h"

namespace appnet::ir {
namespace {

struct Shown {
  Leaf leaf;
  Way way;
};

std::vector<Shown> Walk(const Diagram& diagram, NodeId root, const flow::Region& region) {
  std::vector<Shown> shown;
  RegionWalk walk(diagram, region, RegionWalk::kNoLimit, [&](Leaf leaf, const Way& way) {
    shown.push_back({leaf, way});
  });
  EXPECT_TRUE(walk.Run(root));
  return shown;
}

const IntervalSet& SetOf(const flow::Region& region, Field field, Family family) {
  switch (field) {
    case Field::kInterface:
      return region.interfaces;
    case Field::kOut:
      return region.out;
    case Field::kPeer:
      return region.peer.of(family);
    case Field::kService:
      return region.services.of(family);
    default:
      return region.self.of(family);
  }
}

constexpr Field kSides[] = {Field::kInterface, Field::kOut, Field::kPeer, Field::kService, Field::kSelf};

// A flow of the way: at one end of each side, wherever in the region the field was not tested.
Point PointOn(const Way& way, const flow::Region& region, bool forward, std::mt19937& random) {
  Point point{};
  point[IndexOf(Field::kFamily)] = FamilyValue(way.family);
  for (const Field field : kSides) {
    if (field == Field::kOut && !forward) continue;
    const IntervalSet& set = SetOf(region, field, way.family);
    const Interval side =
        way.Tested(field) || field == Field::kService ? way[field] : set.intervals()[random() % set.size()];
    EXPECT_TRUE(set.Contains(IntervalSet::Of(side.low, side.high)));
    point[IndexOf(field)] = random() % 2 == 0 ? side.low : side.high;
  }
  return point;
}

class RegionWalkTest : public testing::TestWithParam<bool> {};

TEST_P(RegionWalkTest, ShowsWhatEachServiceOfTheRegionReaches) {
  const bool forward = GetParam();
  std::mt19937 random(5);
  for (int round = 0; round < 40; ++round) {
    std::vector<flow::Region> regions;
    for (int i = 0; i < 5; ++i) regions.push_back(RandomRegion(random, forward));
    std::vector<UnionBox> boxes;
    for (std::size_t i = 0; i < regions.size(); ++i)
      boxes.push_back({&regions[i], static_cast<SetElement>(i)});
    Diagram diagram;
    LeafSets sets(diagram);
    const Space space{forward ? flow::Direction::kForward : flow::Direction::kConnect, kClasses};
    const NodeId root = BuildUnion(diagram, sets, space, boxes);
    const flow::Region asked = RandomRegion(random, forward);

    std::set<std::tuple<int, Value, Leaf>> wanted;  // family, service, leaf
    ForEachPoint(forward, [&](const Point& point) {
      if (!flow::Contains(asked, FlowAt(point))) return;
      wanted.insert({static_cast<int>(point[IndexOf(Field::kFamily)]), point[IndexOf(Field::kService)],
                     diagram.Evaluate(root, point)});
    });
    std::set<std::tuple<int, Value, Leaf>> shown;
    for (const auto& [leaf, way] : Walk(diagram, root, asked)) {
      for (int i = 0; i < 4; ++i)
        ASSERT_EQ(diagram.Evaluate(root, PointOn(way, asked, forward, random)), leaf) << round;
      for (const Value service : Samples(flow::kMaxService)) {
        if (way[Field::kService].low <= service && service <= way[Field::kService].high)
          shown.insert({static_cast<int>(FamilyValue(way.family)), service, leaf});
      }
    }
    ASSERT_EQ(shown, wanted) << round;
  }
}

INSTANTIATE_TEST_SUITE_P(Directions, RegionWalkTest, testing::Bool());

TEST(RegionWalk, SaysWhichFieldsMattered) {
  Diagram diagram;
  const NodeId in = diagram.MakeLeaf(7);
  const NodeId root = diagram.FromIntervals(Field::kService, flow::kMaxService, IntervalSet::Of(10, 20), in,
                                            diagram.MakeLeaf(0));
  std::map<Leaf, int> count;
  for (const auto& [leaf, way] : Walk(diagram, root, AnyRegion())) {
    ++count[leaf];
    EXPECT_TRUE(way.Tested(Field::kService));
    for (const Field field : {Field::kInterface, Field::kFamily, Field::kPeer, Field::kSelf})
      EXPECT_FALSE(way.Tested(field));
  }
  EXPECT_EQ(count, (std::map<Leaf, int>{{0, 4}, {7, 2}})) << "pieces of service, in each family";
}

TEST(RegionWalk, StopsAtItsLimit) {
  Diagram diagram;
  std::vector<Diagram::Edge> edges;
  for (Value i = 0; i < 100; ++i) edges.push_back({i, diagram.MakeLeaf(static_cast<Leaf>(i % 2))});
  edges.push_back({flow::kMaxService, diagram.MakeLeaf(5)});
  const NodeId root = diagram.MakeNode(Field::kService, edges);
  const flow::Region any = AnyRegion();
  std::size_t shown = 0;
  RegionWalk walk(diagram, any, 20, [&](Leaf, const Way&) { ++shown; });
  EXPECT_FALSE(walk.Run(root));
  EXPECT_LE(shown, 20U);
  RegionWalk again(diagram, any, 1000, [](Leaf, const Way&) {});
  EXPECT_TRUE(again.Run(root));
}

}  // namespace
}  // namespace appnet::ir
