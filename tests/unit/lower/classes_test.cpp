#include <set>

#include "lowered.h"

namespace appnet::lower {
namespace {

using flow::Direction;
using ir::LabelKind;
using Types = std::vector<std::string>;

TEST(Classes, OverlapBelongsToBoth) {
  const Lowered lowered = LowerBody(
      "domain mozilla_t { connect tcp/3128 to 10.20.0.7; }\n"
      "domain chromium_t { connect tcp/* to 10.20.0.0/16; }\n");
  ASSERT_TRUE(lowered.policy);
  const std::string both = lowered.TypeAt(Direction::kConnect, "10.20.0.7", 3128);
  EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "10.20.0.7", 3129), "appnet_chromium_packet_t");
  EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "10.21.0.7", 3128), "appnet_unmatched_t");
  const ir::Label& label = lowered.LabelNamed(both);
  ASSERT_EQ(label.grants.size(), 2U);
  EXPECT_EQ(label.grants[0].domain, "chromium_t");
  EXPECT_EQ(label.grants[1].domain, "mozilla_t");
  EXPECT_EQ(label.rules, (std::vector<std::uint32_t>{0, 1}));
  // No flow of mozilla_t alone is left, so it has no type of its own.
  EXPECT_EQ(lowered.Types(LabelKind::kClass), (Types{both, "appnet_chromium_packet_t"}));
}

TEST(Classes, OneTypeAcrossProtocolsFamiliesAndDirections) {
  const Lowered lowered = LowerBody(
      "domain mozilla_t {\n"
      "  connect tcp/443, udp/443, icmp/echo-request to 10.0.0.0/8;\n"
      "  connect icmpv6/echo-request to 2001:db8::/32;\n"
      "  accept tcp/8080 from any via \"eth0\";\n"
      "  connect ip/47;\n"
      "}\n");
  ASSERT_TRUE(lowered.policy);
  EXPECT_EQ(lowered.Types(LabelKind::kClass), Types{"appnet_mozilla_packet_t"});
  EXPECT_EQ(lowered.LabelNamed("appnet_mozilla_packet_t").rules, (std::vector<std::uint32_t>{0, 1, 2, 3}));
}

TEST(Classes, ForwardHasTypesOfItsOwn) {
  const Lowered lowered = LowerBody(
      "domain mozilla_t { connect tcp/443 to any; }\n"
      "forward tcp/443 from any to any;\n"
      "forward tcp/80 as mozilla_t;\n");
  ASSERT_TRUE(lowered.policy);
  EXPECT_EQ(lowered.Types(LabelKind::kForwardClass),
            (Types{"appnet_mozilla_forwarded_t", "appnet_unlabeled_forwarded_t"}));
  EXPECT_EQ(lowered.TypeAt(Direction::kForward, "10.0.0.1", 443), "appnet_unlabeled_forwarded_t");
  EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "10.0.0.1", 443), "appnet_mozilla_packet_t");
  EXPECT_EQ(lowered.policy->labels[lowered.policy->transit].kind, LabelKind::kTransit);
}

TEST(Classes, WithoutForwardRulesTransitIsTheUnmatchedLabel) {
  const Lowered lowered = LowerBody("unmatched forward audit;");
  ASSERT_TRUE(lowered.policy);
  EXPECT_EQ(lowered.policy->transit, lowered.policy->unmatched_forward);
  EXPECT_EQ(lowered.policy->labels[lowered.policy->transit].type, "appnet_forward_unmatched_t");
}

TEST(Classes, SameGrantTwiceIsOneClass) {
  const Lowered lowered = LowerBody(
      "boolean b = false;\n"
      "domain mozilla_t { connect tcp/1-10 to any; if b { connect tcp/5-20 to any; } }\n"
      "domain mozilla_t { connect tcp/1-10 to any; }\n");
  ASSERT_TRUE(lowered.policy);
  // 1-10 always (the condition adds nothing), 11-20 if b.
  EXPECT_EQ(lowered.Types(LabelKind::kClass).size(), 2U);
  EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "10.0.0.1", 7), "appnet_mozilla_packet_t");
  const ir::Label& label = lowered.LabelNamed(lowered.TypeAt(Direction::kConnect, "10.0.0.1", 11));
  EXPECT_EQ(lowered.policy->conditions.Text(label.grants.at(0).allowed), "b");
}

TEST(Classes, ConditionsThatMeanTheSameAreOne) {
  const Lowered lowered = LowerBody(
      "boolean a = false; boolean b = true;\n"
      "domain mozilla_t {\n"
      "  if a and b { connect tcp/1 to any; }\n"
      "  if b { if a { connect tcp/2 to any; } }\n"
      "  if not (not a or not b) { connect tcp/3 to any; }\n"
      "  if not a { } else if b { connect tcp/4 to any; }\n"
      "  if a and b or a and b and not a { connect tcp/5 to any; }\n"
      "  if a { connect tcp/6 to any; } else { connect tcp/6 to any; }\n"
      "}\n");
  ASSERT_TRUE(lowered.policy);
  EXPECT_EQ(lowered.Types(LabelKind::kClass).size(), 2U);
  const std::string type = lowered.TypeAt(Direction::kConnect, "10.0.0.1", 1);
  for (const unsigned port : {2U, 3U, 4U, 5U})
    EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "10.0.0.1", port), type) << port;
  EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "10.0.0.1", 6), "appnet_mozilla_packet_t");
}

TEST(Classes, RuleThatNeverHoldsStillGoverns) {
  const Lowered lowered = LowerBody("domain mozilla_t { if false { connect tcp/1 to any; } }\n");
  ASSERT_TRUE(lowered.policy);
  EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "10.0.0.1", 1), "appnet_nobody_0_packet_t");
  EXPECT_TRUE(lowered.LabelNamed("appnet_nobody_0_packet_t").grants.empty());
  EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "10.0.0.1", 2), "appnet_unmatched_t");
}

TEST(Classes, AuditIsPartOfTheClass) {
  const Lowered lowered = LowerBody(
      "boolean b = false;\n"
      "domain mozilla_t { connect tcp/1-2 to any; if b { audit connect tcp/2-3 to any; } }\n");
  ASSERT_TRUE(lowered.policy);
  const ir::Label& both = lowered.LabelNamed(lowered.TypeAt(Direction::kConnect, "10.0.0.1", 2));
  EXPECT_EQ(both.grants.at(0).allowed, flow::kAlways);
  EXPECT_EQ(lowered.policy->conditions.Text(both.grants.at(0).audited), "b");
  const ir::Label& audited = lowered.LabelNamed(lowered.TypeAt(Direction::kConnect, "10.0.0.1", 3));
  EXPECT_EQ(audited.grants.at(0).allowed, audited.grants.at(0).audited);
}

TEST(Classes, SeveralDomainsInOneBlock) {
  const Lowered one = LowerBody("domain mozilla_t, chromium_t { connect tcp/1 to any; }\n");
  const Lowered two =
      LowerBody("domain chromium_t { connect tcp/1 to any; }\ndomain mozilla_t { connect tcp/1 to any; }\n");
  ASSERT_TRUE(one.policy && two.policy);
  EXPECT_EQ(one.Types(LabelKind::kClass), two.Types(LabelKind::kClass));
}

}  // namespace
}  // namespace appnet::lower
