// Examples in words: true of the flows they stand for, and no longer than they need be.

#include "query/flow_text.h"

#include <gtest/gtest.h>

#include <random>

#include "query/reach.h"
#include "unit/lower/lowered.h"

namespace appnet::query {
namespace {

// The texts of the examples for an assertion's region, sorted by label.
std::vector<std::string> Texts(const lower::Lowered& lowered) {
  const sema::Assertion& assertion = lowered.program->assertions.at(0);
  const Reach reach(*lowered.policy, lower::ReferencePolicy());
  std::vector<std::string> texts;
  for (const Carried& carried : reach.LabelsIn(assertion.direction, assertion.region)) {
    const Example example =
        ExampleOf(assertion.direction, assertion.region, carried.way, lowered.policy->interfaces);
    EXPECT_EQ(ir::LabelOf(*lowered.policy, example.flow), carried.label) << example.text;
    EXPECT_TRUE(flow::Contains(assertion.region, example.flow));
    texts.push_back(lowered.policy->labels[carried.label].type + ": " + example.text);
  }
  return texts;
}

using Strings = std::vector<std::string>;

TEST(FlowText, LeavesOutWhatMakesNoDifference) {
  EXPECT_EQ(Texts(lower::LowerBody("domain mozilla_t { connect tcp/443; }"
                                   "assert mozilla_t can connect tcp/443;")),
            (Strings{"appnet_mozilla_packet_t: connect tcp/443"}));
  EXPECT_EQ(Texts(lower::LowerBody("domain mozilla_t { connect tcp/443 via \"enp*\"; }"
                                   "assert mozilla_t can connect tcp/400-500;")),
            (Strings{"appnet_mozilla_packet_t: connect tcp/443 via \"enp0\"",
                     "appnet_unmatched_t: connect tcp/400 via \"enp0\""}));
  EXPECT_EQ(Texts(lower::LowerBody("domain sshd_t { accept tcp/22 from 10.0.0.0/8 at 10.1.1.1; }"
                                   "assert sshd_t can accept tcp/22 from 10.0.0.0/8;")),
            (Strings{"appnet_sshd_packet_t: accept tcp/22 from 10.0.0.1 at 10.1.1.1",
                     "appnet_unmatched_t: accept tcp/22 from 10.0.0.1 at 0.0.0.1"}));
}

TEST(FlowText, NamesTheFamilyWhereItMatters) {
  EXPECT_EQ(Texts(lower::LowerBody("domain mozilla_t { connect any to 0.0.0.0/0; }"
                                   "assert mozilla_t can connect any;")),
            (Strings{"appnet_mozilla_packet_t: connect any to 192.0.2.1",
                     "appnet_unmatched_t: connect any to 2001:db8::1"}));
  EXPECT_EQ(Texts(lower::LowerBody("domain ping_t { connect icmp/8; }"
                                   "assert ping_t can connect icmp/8;")),
            (Strings{"appnet_ping_packet_t: connect icmp/8:0 to 192.0.2.1"}));
}

TEST(FlowText, InterfacesAreNamesInTheirClass) {
  const Strings texts = Texts(
      lower::LowerBody("forward tcp/22 via \"e*\" -> \"eth*\"; assert unlabeled_t can forward tcp/22;"));
  EXPECT_EQ(texts, (Strings{"appnet_unlabeled_forwarded_t: forward tcp/22 via \"eth0\" -> \"eth0\"",
                            "unlabeled_t: forward tcp/22 via \"eth0\" -> \"e0\""}));
}

// Whatever the region, an example carries the label it is an example of.
TEST(FlowText, ExamplesCarryTheirLabel) {
  const lower::Lowered lowered = lower::LowerBody(
      "host a = 10.0.0.0/8 except 10.1.0.0/16; interface lan = \"eth0\", \"enp*\";"
      "domain mozilla_t { connect tcp/1-100, udp/53 to a via lan; accept any from 10.0.0.0/7 via \"lo\"; }"
      "domain sshd_t { accept tcp/22, ip/47 at 10.0.0.1, 2001:db8::/32 via any except lan; }"
      "label http_client_packet_t { connect tcp/50-200; }"
      "assert mozilla_t can connect any; assert mozilla_t can accept any;"
      "assert mozilla_t can connect tcp/80-90 via lan; assert sshd_t can accept any except tcp/1-50 at any "
      "except 10.0.0.0/8;");
  const Reach reach(*lowered.policy, lower::ReferencePolicy());
  std::size_t examples = 0;
  for (const sema::Assertion& assertion : lowered.program->assertions) {
    for (const Carried& carried : reach.LabelsIn(assertion.direction, assertion.region)) {
      const Example example =
          ExampleOf(assertion.direction, assertion.region, carried.way, lowered.policy->interfaces);
      EXPECT_EQ(ir::LabelOf(*lowered.policy, example.flow), carried.label) << example.text;
      ++examples;
    }
  }
  EXPECT_GE(examples, 10U);
}

}  // namespace
}  // namespace appnet::query
