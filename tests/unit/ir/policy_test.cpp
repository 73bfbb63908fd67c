#include "ir/policy.h"

#include <gtest/gtest.h>

namespace appnet::ir {
namespace {

TEST(LabelOf, LooksInTheRootThenInheritedThenUnmatched) {
  Policy policy;
  policy.unmatched = 7;
  policy.unmatched_forward = 8;
  Diagram& diagram = policy.diagram;
  const auto https = IntervalSet::Of(flow::ServiceValue(6, 443), flow::ServiceValue(6, 443));
  const auto web = IntervalSet::Of(flow::ServiceValue(6, 0), flow::ServiceValue(6, 1023));
  const auto services = [&](const IntervalSet& set, LabelId label) {
    return diagram.FromIntervals(Field::kService, flow::kMaxService, set, diagram.MakeLeaf(LeafFor(label)),
                                 diagram.MakeLeaf(kMiss));
  };
  policy.roots = {services(https, 0), kNowhere, services(https, 2)};
  policy.inherited = {services(web, 3), services(web, 4), kNowhere};

  const auto label = [&](flow::Direction direction, unsigned port) {
    return LabelOf(policy, {.direction = direction, .service = flow::ServiceValue(6, port)});
  };
  EXPECT_EQ(label(flow::Direction::kConnect, 443), 0U);
  EXPECT_EQ(label(flow::Direction::kConnect, 442), 3U);
  EXPECT_EQ(label(flow::Direction::kConnect, 1024), 7U);
  EXPECT_EQ(label(flow::Direction::kAccept, 443), 4U);
  EXPECT_EQ(label(flow::Direction::kAccept, 1024), 7U);
  EXPECT_EQ(label(flow::Direction::kForward, 443), 2U);
  EXPECT_EQ(label(flow::Direction::kForward, 80), 8U);
}

TEST(LabelOf, AnEmptyPolicyIsAllUnmatched) {
  Policy policy;
  policy.unmatched = 1;
  policy.unmatched_forward = 2;
  for (const flow::Direction direction : flow::kDirections) {
    EXPECT_EQ(LabelOf(policy, {.direction = direction}), direction == flow::Direction::kForward ? 2U : 1U);
  }
}

TEST(Space, MaximaOfTheFields) {
  const Space connect{flow::Direction::kConnect, 5}, forward{flow::Direction::kForward, 5};
  EXPECT_TRUE(connect.Maximum(Field::kInterface, Family::kIpv4) == 4);
  EXPECT_TRUE(connect.Maximum(Field::kOut, Family::kIpv4) == 0);
  EXPECT_TRUE(forward.Maximum(Field::kOut, Family::kIpv4) == 4);
  EXPECT_TRUE(forward.Maximum(Field::kFamily, Family::kIpv4) == 1);
  EXPECT_TRUE(forward.Maximum(Field::kPeer, Family::kIpv4) == 0xffffffff);
  EXPECT_TRUE(forward.Maximum(Field::kSelf, Family::kIpv6) == ~Value{0});
  EXPECT_TRUE(forward.Maximum(Field::kService, Family::kIpv6) == 0xffffff);
}

}  // namespace
}  // namespace appnet::ir
