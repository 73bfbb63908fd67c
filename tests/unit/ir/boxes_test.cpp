#include "ir/boxes.h"

#include <gtest/gtest.h>

#include "ir/dump.h"
#include "unit/ir/small_space.h"

namespace appnet::ir {
namespace {

bool Holds(const Box& box, const Point& point) {
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    if (point[field] < box.sides[field].low || point[field] > box.sides[field].high) return false;
  }
  return true;
}

TEST(Boxes, EveryPointIsInOneBoxWithItsLeaf) {
  for (const flow::Direction direction : {flow::Direction::kAccept, flow::Direction::kForward}) {
    const bool forward = direction == flow::Direction::kForward;
    std::mt19937 random(21);
    std::vector<flow::Region> regions;
    for (int i = 0; i < 3; ++i) regions.push_back(RandomRegion(random, forward));
    std::vector<UnionBox> boxes;
    for (std::size_t i = 0; i < regions.size(); ++i)
      boxes.push_back({&regions[i], static_cast<SetElement>(i)});
    Diagram diagram;
    LeafSets sets(diagram);
    const Space space{direction, kClasses};
    const NodeId root = BuildUnion(diagram, sets, space, boxes);
    std::vector<Box> all;
    EXPECT_TRUE(ForEachBox(diagram, root, space, [&](const Box& box) {
      all.push_back(box);
      return true;
    }));
    int visited = 0;
    ForEachPoint(forward, [&](const Point& point) {
      if (++visited % 17 != 0) return;
      const auto hits =
          std::count_if(all.begin(), all.end(), [&](const Box& box) { return Holds(box, point); });
      ASSERT_EQ(hits, 1);
      const auto box = std::find_if(all.begin(), all.end(), [&](const Box& b) { return Holds(b, point); });
      ASSERT_EQ(box->leaf, diagram.Evaluate(root, point));
    });
  }
}

TEST(Boxes, ALeafIsOneBoxOfEachFamily) {
  Diagram diagram;
  std::vector<Box> all;
  ForEachBox(diagram, diagram.MakeLeaf(5), {flow::Direction::kConnect, 3}, [&](const Box& box) {
    all.push_back(box);
    return true;
  });
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].family, Family::kIpv4);
  EXPECT_EQ(all[0][Field::kInterface], (Interval{0, 2}));
  EXPECT_EQ(all[0][Field::kOut], (Interval{0, 0}));
  EXPECT_EQ(all[0][Field::kPeer], (Interval{0, 0xffffffff}));
  EXPECT_EQ(all[0][Field::kService], (Interval{0, flow::kMaxService}));
  EXPECT_EQ(all[1].family, Family::kIpv6);
  EXPECT_EQ(all[1][Field::kSelf], (Interval{0, kTop6}));
  EXPECT_EQ(all[1].leaf, 5U);
}

TEST(Boxes, StopsWhenAsked) {
  Diagram diagram;
  int seen = 0;
  EXPECT_FALSE(ForEachBox(diagram, kNowhere, {}, [&](const Box&) { return ++seen < 1; }));
  EXPECT_EQ(seen, 1);
}

TEST(Dump, ListsBoxesInOrder) {
  const flow::InterfaceClasses interfaces({"eth0", "enp*"});
  flow::Region proxy;
  proxy.interfaces = interfaces.Matching("eth0").Union(interfaces.Matching("enp*"));
  proxy.peer.v4 = IntervalSet::Of(0x0a140007, 0x0a140007);
  static_cast<flow::FamilySets&>(proxy.self) = flow::AnyAddress();
  proxy.services.v4 = IntervalSet::Of(flow::ServiceValue(6, 3128), flow::ServiceValue(6, 3128));
  flow::Region all_but = proxy;
  all_but.interfaces = interfaces.Any();
  all_but.peer = flow::AnyAddress();
  all_but.peer.v4 = {};
  all_but.services.v6 =
      IntervalSet({{0, flow::ServiceValue(6, 442)}, {flow::ServiceValue(6, 444), flow::kMaxService}});
  const UnionBox boxes[] = {{&proxy, 7}, {&all_but, 9}};
  Diagram diagram;
  LeafSets sets(diagram);
  const NodeId root = BuildUnion(diagram, sets, {flow::Direction::kConnect, interfaces.size()}, boxes);
  const auto text = [&](Leaf leaf) { return "{" + std::to_string(sets.Elements(leaf)[0]) + "}"; };
  EXPECT_EQ(Dump(diagram, root, flow::Direction::kConnect, interfaces, text),
            "lo ipv6 any ip/0..tcp/442 from any = {9}\n"
            "lo ipv6 any tcp/444..ip/255 from any = {9}\n"
            "eth0,enp* ipv4 10.20.0.7 tcp/3128 from any = {7}\n"
            "eth0,enp* ipv6 any ip/0..tcp/442 from any = {9}\n"
            "eth0,enp* ipv6 any tcp/444..ip/255 from any = {9}\n"
            "(other) ipv6 any ip/0..tcp/442 from any = {9}\n"
            "(other) ipv6 any tcp/444..ip/255 from any = {9}\n");
  EXPECT_EQ(Dump(diagram, diagram.MakeLeaf(3), flow::Direction::kForward, interfaces),
            "any -> any ipv4 any any from any = 3\n"
            "any -> any ipv6 any any from any = 3\n");
  EXPECT_EQ(Dump(diagram, diagram.MakeLeaf(3), flow::Direction::kConnect, interfaces, {}, 1),
            "any ipv4 any any from any = 3\nand more\n");
  EXPECT_EQ(Dump(diagram, kNowhere, flow::Direction::kConnect, interfaces), "");
}

}  // namespace
}  // namespace appnet::ir
