#include "ir/build_union.h"

#include <gtest/gtest.h>

#include "ir/boxes.h"
#include "unit/ir/small_space.h"

namespace appnet::ir {
namespace {

std::vector<SetElement> Elements(const LeafSets& sets, LeafSetId id) {
  return {sets.Elements(id).begin(), sets.Elements(id).end()};
}

struct Policy {
  std::vector<flow::Region> regions;
  std::vector<UnionBox> boxes;
};

Policy RandomPolicy(std::mt19937& random, bool forward, std::size_t count) {
  Policy policy;
  for (std::size_t i = 0; i < count; ++i) policy.regions.push_back(RandomRegion(random, forward));
  for (const flow::Region& region : policy.regions) {
    for (std::size_t elements = 1 + random() % 2; elements > 0; --elements) {
      policy.boxes.push_back({&region, static_cast<SetElement>(random() % 6)});
    }
  }
  return policy;
}

class BuildUnionAgrees : public ::testing::TestWithParam<flow::Direction> {};

TEST_P(BuildUnionAgrees, WithTryingEveryBox) {
  const bool forward = GetParam() == flow::Direction::kForward;
  for (unsigned seed = 0; seed < (forward ? 12U : 40U); ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const Policy policy = RandomPolicy(random, forward, 1 + random() % 12);
    Diagram diagram;
    LeafSets sets(diagram);
    const NodeId root = BuildUnion(diagram, sets, {GetParam(), kClasses}, policy.boxes);
    ASSERT_FALSE(diagram.exceeded());
    ForEachPoint(forward, [&](const Point& point) {
      ASSERT_EQ(Elements(sets, diagram.Evaluate(root, point)), ElementsAt(policy.boxes, FlowAt(point)));
    });
  }
}

TEST_P(BuildUnionAgrees, WhateverTheOrderOfTheBoxes) {
  const bool forward = GetParam() == flow::Direction::kForward;
  for (unsigned seed = 100; seed < 110; ++seed) {
    std::mt19937 random(seed);
    Policy policy = RandomPolicy(random, forward, 20);
    Diagram diagram;
    LeafSets sets(diagram);
    const Space space{GetParam(), kClasses};
    const NodeId first = BuildUnion(diagram, sets, space, policy.boxes);
    for (int round = 0; round < 5; ++round) {
      std::shuffle(policy.boxes.begin(), policy.boxes.end(), random);
      EXPECT_EQ(BuildUnion(diagram, sets, space, policy.boxes), first);
      policy.boxes.push_back(policy.boxes.front());  // the same grant may stand twice
    }
    NodeId one_by_one = kNowhere;
    for (const UnionBox& box : policy.boxes) {
      one_by_one = UnionOf(diagram, sets, one_by_one, BuildUnion(diagram, sets, space, std::span(&box, 1)));
    }
    EXPECT_EQ(one_by_one, first);
  }
}

INSTANTIATE_TEST_SUITE_P(Directions, BuildUnionAgrees, ::testing::ValuesIn(flow::kDirections),
                         [](const auto& info) { return std::string(flow::NameOf(info.param)); });

TEST(BuildUnion, NothingAndEverything) {
  Diagram diagram;
  LeafSets sets(diagram);
  const Space space{flow::Direction::kConnect, kClasses};
  EXPECT_EQ(BuildUnion(diagram, sets, space, {}), kNowhere);
  const flow::Region any = AnyRegion();
  const flow::Region none;
  const UnionBox boxes[] = {{&any, 5}, {&none, 6}, {&any, 2}};
  const NodeId root = BuildUnion(diagram, sets, space, boxes);
  ASSERT_TRUE(diagram.IsLeaf(root));
  EXPECT_EQ(Elements(sets, diagram.LeafOf(root)), (std::vector<SetElement>{2, 5}));
}

TEST(BuildUnion, LocalDirectionsNeverTestOut) {
  Diagram diagram;
  LeafSets sets(diagram);
  flow::Region region = AnyRegion();
  region.out = IntervalSet::Of(1, 2);
  const UnionBox box{&region, 1};
  EXPECT_TRUE(
      diagram.IsLeaf(BuildUnion(diagram, sets, {flow::Direction::kAccept, kClasses}, std::span(&box, 1))));
  const NodeId forward = BuildUnion(diagram, sets, {flow::Direction::kForward, kClasses}, std::span(&box, 1));
  EXPECT_EQ(diagram.FieldOf(forward), static_cast<int>(Field::kOut));
}

TEST(BuildUnion, AddressesAtBothEndsOfIpv6) {
  Diagram diagram;
  LeafSets sets(diagram);
  std::vector<flow::Region> regions(3, AnyRegion());
  for (flow::Region& region : regions) region.peer.v4 = {};
  regions[0].peer.v6 = IntervalSet::Of(0, 0);
  regions[1].peer.v6 = IntervalSet::Of(kTop6, kTop6);
  regions[2].peer.v6 = IntervalSet::Of(0, kTop6 - 1);
  const std::vector<UnionBox> boxes{{&regions[0], 1}, {&regions[1], 2}, {&regions[2], 3}};
  const NodeId root = BuildUnion(diagram, sets, {flow::Direction::kConnect, kClasses}, boxes);
  const auto at = [&](Value peer) { return Elements(sets, diagram.Evaluate(root, {0, 0, 1, peer, 0, 0})); };
  EXPECT_EQ(at(0), (std::vector<SetElement>{1, 3}));
  EXPECT_EQ(at(1), (std::vector<SetElement>{3}));
  EXPECT_EQ(at(kTop6 - 1), (std::vector<SetElement>{3}));
  EXPECT_EQ(at(kTop6), (std::vector<SetElement>{2}));
  EXPECT_TRUE(Elements(sets, diagram.Evaluate(root, {0, 0, 0, 0, 0, 0})).empty());
}

// Shapes that a careless algorithm takes quadratic time or memory for; the step count says what ours took.
TEST(BuildUnion, ManyIntervalsInOneField) {
  Diagram diagram;
  LeafSets sets(diagram);
  flow::Region region = AnyRegion();
  std::vector<Interval> intervals;
  for (Value i = 0; i < 100'000; ++i) intervals.push_back({i * 4, i * 4 + 1});
  region.peer.v4 = IntervalSet(intervals);
  const flow::Region any = AnyRegion();
  const UnionBox boxes[] = {{&region, 1}, {&any, 2}};
  const NodeId root = BuildUnion(diagram, sets, {flow::Direction::kConnect, kClasses}, boxes);
  ASSERT_FALSE(diagram.exceeded());
  EXPECT_LT(diagram.step_total(), 1'000'000U);
  EXPECT_EQ(Elements(sets, diagram.Evaluate(root, {0, 0, 0, 399'997, 0, 0})),
            (std::vector<SetElement>{1, 2}));
  EXPECT_EQ(Elements(sets, diagram.Evaluate(root, {0, 0, 0, 399'998, 0, 0})), (std::vector<SetElement>{2}));
}

TEST(BuildUnion, ManyBoxesWithOneIntervalEach) {
  Diagram diagram;
  LeafSets sets(diagram);
  std::vector<flow::Region> regions(100'000, AnyRegion());
  std::vector<UnionBox> boxes;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    regions[i].peer.v4 = IntervalSet::Of(i * 3, i * 3);
    regions[i].peer.v6 = {};
    boxes.push_back({&regions[i], static_cast<SetElement>(i % 50)});
  }
  const NodeId root = BuildUnion(diagram, sets, {flow::Direction::kConnect, kClasses}, boxes);
  ASSERT_FALSE(diagram.exceeded());
  EXPECT_LT(diagram.step_total(), 2'000'000U);
  EXPECT_EQ(sets.size(), 51U);
  EXPECT_EQ(Elements(sets, diagram.Evaluate(root, {0, 0, 0, 3 * 77'777, 0, 0})),
            (std::vector<SetElement>{27}));
}

TEST(BuildUnion, DeeplyNestedRanges) {
  Diagram diagram;
  LeafSets sets(diagram);
  std::vector<flow::Region> regions(10'000, AnyRegion());
  std::vector<UnionBox> boxes;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    regions[i].peer.v4 = IntervalSet::Of(i, 100'000 - i);
    boxes.push_back({&regions[i], static_cast<SetElement>(i % 20)});
  }
  const NodeId root = BuildUnion(diagram, sets, {flow::Direction::kConnect, kClasses}, boxes);
  ASSERT_FALSE(diagram.exceeded());
  EXPECT_LT(diagram.step_total(), 5'000'000U);
  EXPECT_EQ(Elements(sets, diagram.Evaluate(root, {0, 0, 0, 2, 0, 0})), (std::vector<SetElement>{0, 1, 2}));
  EXPECT_EQ(sets.Elements(diagram.Evaluate(root, {0, 0, 0, 50'000, 0, 0})).size(), 20U);
}

TEST(BuildUnion, GivesUpOnABlowUp) {
  // Bands in two fields, each with its own element: every crossing is another set.
  std::vector<flow::Region> regions(4000, AnyRegion());
  std::vector<UnionBox> boxes;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const IntervalSet band = IntervalSet::Of(i * 10, 50'000 + i * 10);
    (i % 2 == 0 ? regions[i].peer.v4 : regions[i].services.v4) = band;
    boxes.push_back({&regions[i], static_cast<SetElement>(i)});
  }
  for (const Budget& budget :
       {Budget{.edges = 100'000}, Budget{.steps = 1'000'000}, Budget{.set_elements = 1'000'000}}) {
    Diagram diagram(budget);
    LeafSets sets(diagram);
    EXPECT_EQ(BuildUnion(diagram, sets, {flow::Direction::kConnect, kClasses}, boxes), kNowhere);
    EXPECT_TRUE(diagram.exceeded());
    EXPECT_LE(diagram.edge_total(), budget.edges);
    EXPECT_LT(diagram.step_total(), budget.steps + 10'000);
    EXPECT_LT(sets.element_total(), budget.set_elements + 10'000);
    EXPECT_EQ(BuildUnion(diagram, sets, {flow::Direction::kAccept, kClasses}, boxes), kNowhere);
  }
}

TEST(BuildUnion, TenThousandStructuredRules) {
  std::mt19937 random(42);
  constexpr std::size_t kRules = 10'000, kInterfaces = 6;
  constexpr unsigned kPorts[] = {22,  25,  53,  80,  123, 143,  389,  443,
                                 465, 514, 587, 636, 993, 3128, 5432, 8080};
  std::vector<flow::Region> regions(kRules);
  std::vector<UnionBox> boxes;
  for (flow::Region& region : regions) {
    static_cast<flow::FamilySets&>(region.self) = flow::AnyAddress();
    const unsigned kind = random() % 20;
    const Value network = 0x0a000000 + Value{random() % (kRules / 40)} * 256;
    const Value single = 0x14000000 + Value{random() % 200} * 65536 + random() % 65536;
    if (kind == 0) {
      static_cast<flow::FamilySets&>(region.peer) = flow::AnyAddress();
    } else {
      region.peer.v4 = kind <= 8 ? IntervalSet::Of(network, network + 255) : IntervalSet::Of(single, single);
    }
    const unsigned protocol = random() % 5 == 0 ? flow::kProtocolUdp : flow::kProtocolTcp;
    const unsigned low = kind == 0             ? 443
                         : random() % 100 < 85 ? kPorts[random() % std::size(kPorts)]
                                               : 30'000;
    const Value service = flow::ServiceValue(protocol, low);
    region.services.v4 = region.services.v6 =
        IntervalSet::Of(service, low == 30'000 ? service + 2'800 : service);
    const Value interface = 1 + random() % 4;
    region.interfaces =
        random() % 4 == 0 ? IntervalSet::Of(0, kInterfaces - 1) : IntervalSet::Of(interface, interface);
    boxes.push_back({&region, static_cast<SetElement>(random() % 40)});
  }
  Diagram diagram;
  LeafSets sets(diagram);
  const Space space{flow::Direction::kConnect, kInterfaces};
  const NodeId root = BuildUnion(diagram, sets, space, boxes);
  ASSERT_FALSE(diagram.exceeded());
  EXPECT_LT(diagram.edge_total(), 400'000U);
  EXPECT_GT(sets.size(), 40U);
  EXPECT_LT(sets.size(), 3'000U);
  for (int i = 0; i < 3000; ++i) {
    // near a bound of some rule, where mistakes are
    const flow::Region& near = regions[random() % kRules];
    const Interval peer = near.peer.v4.intervals()[0], service = near.services.v4.intervals()[0];
    const Value around = random() % 3;
    const Value address = std::min<Value>(
        random() % 2 == 0 ? peer.high + 1 - std::min(around, peer.high + 1) : peer.low + around, 0xffffffff);
    const Value port = (random() % 2 == 0 ? service.low : service.high) + random() % 3 - 1;
    const Point point{random() % kInterfaces, 0, 0, address, port, random()};
    ASSERT_EQ(Elements(sets, diagram.Evaluate(root, point)), ElementsAt(boxes, FlowAt(point)));
  }
}

}  // namespace
}  // namespace appnet::ir
