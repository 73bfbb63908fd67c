#include "query/reach.h"

#include <gtest/gtest.h>

#include "unit/lower/lowered.h"

namespace appnet::query {
namespace {

using flow::Direction;

// "type permissions from", with conditions, of everybody on the label of a tcp flow.
std::vector<std::string> RightsAt(const lower::Lowered& lowered, Direction direction, const std::string& peer,
                                  unsigned port, const sepolicy::Policy& base = lower::ReferencePolicy()) {
  Reach reach(*lowered.policy, base);
  flow::Flow flow;
  flow.direction = direction;
  flow.peer = base::ParseAddress(peer)->value;
  flow.service = flow::ServiceValue(flow::kProtocolTcp, port);
  flow.interface = lowered.policy->interfaces.ClassOf("eth9");
  flow.out = direction == Direction::kForward ? flow.interface : 0;
  const std::vector<Right>& rights = *reach.RightsOn(ir::LabelOf(*lowered.policy, flow), direction).value();
  constexpr const char* kFrom[] = {"rule", "unmatched", "base", "permissive", "kernel"};
  std::vector<std::string> texts;
  for (const Right& right : rights) {
    std::string text = base.TypeName(right.type);
    for (std::size_t i = 0; i < 2; ++i) {
      if (right.may[i] == flow::kNever) continue;
      text += " " + std::string(PermissionsOf(direction)[i]);
      if (right.may[i] != flow::kAlways) text += "[" + reach.conditions().Text(right.may[i]) + "]";
    }
    if (right.logged != flow::kNever) text += " logged";
    texts.push_back(text + " " + kFrom[static_cast<int>(right.from)]);
  }
  return texts;
}

using Strings = std::vector<std::string>;

TEST(Reach, GovernedFlowsBelongToTheirDomainsAndTheKernelSends) {
  const lower::Lowered lowered = lower::LowerBody(
      "boolean b = false; domain mozilla_t { connect tcp/443 to 10.0.0.0/8; }"
      "if b { domain ssh_t { audit connect tcp/443 to 10.0.0.1; } }"
      "domain kernel_t { connect tcp/2049; }");
  EXPECT_EQ(
      RightsAt(lowered, Direction::kConnect, "10.0.0.1", 443),
      (Strings{"kernel_t send kernel", "mozilla_t send recv rule", "ssh_t send[b] recv[b] logged rule"}));
  EXPECT_EQ(RightsAt(lowered, Direction::kConnect, "10.0.0.2", 2049), (Strings{"kernel_t send recv rule"}));
  EXPECT_EQ(RightsAt(lowered, Direction::kConnect, "10.0.0.2", 80), (Strings{"kernel_t send kernel"}));
}

TEST(Reach, BaseTypesBelongToWhomTheBasePolicyLets) {
  const lower::Lowered lowered =
      lower::LowerText("policy p; unmatched inherit; label mysqld_client_packet_t { connect tcp/999; }");
  const Strings mysql = RightsAt(lowered, Direction::kConnect, "10.0.0.1", 999);
  const auto has = [](const Strings& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  EXPECT_TRUE(has(mysql, "unconfined_t send recv base")) << testing::PrintToString(mysql);
  EXPECT_TRUE(has(mysql, "httpd_t send[httpd_can_network_connect] recv[httpd_can_network_connect] base"))
      << testing::PrintToString(mysql);
  const Strings web = RightsAt(lowered, Direction::kConnect, "10.0.0.1", 80);
  EXPECT_TRUE(has(web, "mozilla_t send recv base")) << testing::PrintToString(web);
  const Strings other = RightsAt(lowered, Direction::kConnect, "10.0.0.1", 9);
  EXPECT_TRUE(has(other, "init_t send recv base")) << testing::PrintToString(other);
  EXPECT_FALSE(has(other, "mozilla_t send recv base"));
}

TEST(Reach, PermissiveDomainsMayEverything) {
  const sepolicy::Policy base = lower::ReferenceWith("(typepermissive ping_t)");
  const lower::Lowered lowered = lower::LowerBody("domain mozilla_t { connect tcp/443; }", {}, base);
  EXPECT_EQ(RightsAt(lowered, Direction::kConnect, "10.0.0.1", 443, base),
            (Strings{"kernel_t send kernel", "mozilla_t send recv rule", "ping_t send recv permissive"}));
}

TEST(Reach, AuditLetsEveryDomainAndLogsIt) {
  const lower::Lowered lowered = lower::LowerText(
      "policy p; unmatched audit; unmatched forward audit; domain ssh_t { connect tcp/22; }");
  const std::size_t domains = lower::ReferencePolicy().Domains().size();
  EXPECT_EQ(RightsAt(lowered, Direction::kConnect, "10.0.0.1", 80).size(), domains);
  const Strings forward = RightsAt(lowered, Direction::kForward, "10.0.0.1", 80);
  EXPECT_EQ(forward.size(), domains + 1) << "and the unlabeled type";
  EXPECT_EQ(forward.back(), "user_t forward_in forward_out logged unmatched");
}

TEST(Reach, ForwardedFlowsBelongToLabelsOfPeers) {
  const lower::Lowered lowered = lower::LowerText(
      "policy p; unmatched deny; unmatched forward deny; forward tcp/80; forward tcp/80 to 10.0.0.1 as "
      "ssh_t;");
  EXPECT_EQ(RightsAt(lowered, Direction::kForward, "10.0.0.1", 80),
            (Strings{"ssh_t forward_in forward_out rule", "unlabeled_t forward_in forward_out rule"}));
  EXPECT_EQ(RightsAt(lowered, Direction::kForward, "10.0.0.2", 80),
            (Strings{"unlabeled_t forward_in forward_out rule"}));
  EXPECT_EQ(RightsAt(lowered, Direction::kForward, "10.0.0.2", 81), Strings{});
}

}  // namespace
}  // namespace appnet::query
