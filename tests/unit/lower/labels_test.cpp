#include "lowered.h"

namespace appnet::lower {
namespace {

using diag::Kind;
using flow::Direction;
using Types = std::vector<std::string>;

std::string SpanText(const Lowered& lowered, const source::Span& span) {
  return std::string(lowered.sources->Text(span));
}

TEST(LabelRules, CarryTheBaseTypeWhereNoDomainRuleGoverns) {
  const Lowered lowered = LowerBody(
      "label http_client_packet_t { connect tcp/80-443; accept tcp/80; }\n"
      "domain mozilla_t { connect tcp/100 to 10.0.0.0/8; }\n");
  ASSERT_TRUE(lowered.policy);
  EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "10.0.0.1", 80), "http_client_packet_t");
  EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "10.0.0.1", 100), "appnet_mozilla_packet_t");
  EXPECT_EQ(lowered.TypeAt(Direction::kConnect, "11.0.0.1", 100), "http_client_packet_t");
  EXPECT_EQ(lowered.TypeAt(Direction::kAccept, "11.0.0.1", 80), "http_client_packet_t");
  EXPECT_EQ(lowered.TypeAt(Direction::kAccept, "11.0.0.1", 81), "appnet_unmatched_t");
  const ir::Label& label = lowered.LabelNamed("http_client_packet_t");
  EXPECT_FALSE(label.own);
  EXPECT_TRUE(label.grants.empty());
  EXPECT_EQ(label.context, "system_u:object_r:http_client_packet_t:s0");
  EXPECT_EQ(label.rules, (std::vector<std::uint32_t>{1, 2}));  // the domain's rule is the first
}

TEST(LabelRules, ConflictShowsBothSides) {
  const Lowered lowered = LowerBody(
      "label http_client_packet_t { connect tcp/80-443; }\n"
      "label ssh_client_packet_t { connect tcp/400-500 to 10.0.0.0/8; connect tcp/22; }\n");
  ASSERT_FALSE(lowered.policy);
  const std::vector<diag::Diagnostic> all = lowered.emitter.Sorted();
  ASSERT_EQ(all.size(), 1U) << lowered.Messages();
  EXPECT_EQ(all[0].kind, Kind::kLabelConflict);
  EXPECT_EQ(SpanText(lowered, *all[0].span), "connect tcp/400-500 to 10.0.0.0/8");
  ASSERT_EQ(all[0].labels.size(), 1U);
  EXPECT_EQ(SpanText(lowered, all[0].labels[0].span), "connect tcp/80-443");
}

TEST(LabelRules, ConflictIsReportedOncePerPair) {
  const Lowered lowered = LowerBody(
      "label http_client_packet_t { connect tcp/1-10, udp/1-10, tcp/20-30; }\n"
      "label ssh_client_packet_t { connect tcp/5, udp/5-6, tcp/25, tcp/40; }\n"
      "label dns_client_packet_t { connect tcp/5 via \"eth0\"; }\n");
  ASSERT_FALSE(lowered.policy);
  EXPECT_EQ(lowered.emitter.error_count(), 2U) << lowered.Messages();
}

TEST(LabelRules, NoConflictWhereTheTypeIsTheSameOrADomainRuleGoverns) {
  const Lowered lowered = LowerBody(
      "label http_client_packet_t { connect tcp/80-443; }\n"
      "label http_client_packet_t { connect tcp/100; }\n"
      "label ssh_client_packet_t { connect tcp/400-500; }\n"
      "domain mozilla_t { connect tcp/400-443; }\n"
      "label dns_client_packet_t { accept tcp/80; }\n");
  EXPECT_TRUE(lowered.policy) << lowered.Messages();
}

TEST(Inherit, FirstEntryThatMatchesDecides) {
  const Lowered lowered = LowerText(
      "policy p; unmatched inherit; domain mozilla_t { connect tcp/443 to 10.0.0.1; }\n"
      "label ssh_client_packet_t { connect tcp/80 to 10.0.0.2; }");
  ASSERT_TRUE(lowered.policy) << lowered.Messages();
  const auto type = [&](Direction direction, const char* peer, unsigned port) {
    return lowered.TypeAt(direction, peer, port);
  };
  EXPECT_EQ(type(Direction::kConnect, "10.0.0.1", 443), "appnet_mozilla_packet_t");
  EXPECT_EQ(type(Direction::kConnect, "10.0.0.2", 443), "http_client_packet_t");
  EXPECT_EQ(type(Direction::kConnect, "10.0.0.2", 80), "ssh_client_packet_t");  // label comes before inherit
  EXPECT_EQ(type(Direction::kAccept, "10.0.0.2", 80), "http_server_packet_t");
  EXPECT_EQ(type(Direction::kForward, "10.0.0.2", 80), "unlabeled_t");
  // 22 is of ssh and, by a later entry, of the reserved ports; 23 is of the reserved ones alone, whose port
  // type has no packet types.
  EXPECT_EQ(type(Direction::kConnect, "10.0.0.2", 22), "ssh_client_packet_t");
  EXPECT_EQ(type(Direction::kConnect, "10.0.0.2", 23), "unlabeled_t");
}

TEST(Labels, ComeByKindAndName) {
  const Lowered lowered = LowerText(
      "policy p; unmatched audit; unmatched forward deny;\n"
      "domain sshd_t { accept tcp/22; }\n domain mozilla_t { connect tcp/443; }\n"
      "forward tcp/80; label ssh_client_packet_t { connect tcp/1; }\n label echo_client_packet_t { connect "
      "tcp/7; }");
  ASSERT_TRUE(lowered.policy) << lowered.Messages();
  Types types;
  for (const ir::Label& label : lowered.policy->labels) types.push_back(label.type);
  EXPECT_EQ(types, (Types{"appnet_mozilla_packet_t", "appnet_sshd_packet_t", "appnet_unlabeled_forwarded_t",
                          "echo_client_packet_t", "ssh_client_packet_t", "unlabeled_t", "appnet_unmatched_t",
                          "appnet_forward_unmatched_t", "appnet_transit_t"}));
}

TEST(Labels, OrderOfStatementsChangesNothing) {
  const std::string a = "domain sshd_t { accept tcp/22; }\n";
  const std::string b = "domain mozilla_t { connect tcp/443; }\n";
  const std::string c = "label ssh_client_packet_t { connect tcp/400-500; }\n";
  const Lowered one = LowerBody(a + b + c);
  const Lowered two = LowerBody(c + b + a);
  ASSERT_TRUE(one.policy && two.policy);
  ASSERT_EQ(one.policy->labels.size(), two.policy->labels.size());
  for (std::size_t i = 0; i < one.policy->labels.size(); ++i)
    EXPECT_EQ(one.policy->labels[i].type, two.policy->labels[i].type);
  for (unsigned port = 0; port < 600; ++port) {
    EXPECT_EQ(one.TypeAt(Direction::kConnect, "10.0.0.1", port),
              two.TypeAt(Direction::kConnect, "10.0.0.1", port));
  }
}

}  // namespace
}  // namespace appnet::lower
