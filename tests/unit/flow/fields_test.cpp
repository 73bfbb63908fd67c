#include "flow/fields.h"

#include <gtest/gtest.h>

namespace appnet::flow {
namespace {

Interval Service(unsigned protocol, unsigned low, unsigned high) {
  return {ServiceValue(protocol, low), ServiceValue(protocol, high)};
}

TEST(Fields, DirectionsHaveTheLanguagesNames) {
  EXPECT_EQ(NameOf(Direction::kConnect), "connect");
  EXPECT_EQ(NameOf(Direction::kAccept), "accept");
  EXPECT_EQ(NameOf(Direction::kForward), "forward");
}

TEST(Fields, ProtocolsWithPorts) {
  std::vector<unsigned> with_ports;
  for (unsigned protocol = 0; protocol < 256; ++protocol) {
    if (HasPorts(protocol)) with_ports.push_back(protocol);
  }
  EXPECT_EQ(with_ports, (std::vector<unsigned>{6, 17, 33, 132, 136}));
}

TEST(Fields, AnyIsTheWholeSpace) {
  EXPECT_EQ(AnyAddress().v4, IntervalSet::Of(0, 0xffffffff));
  EXPECT_EQ(AnyAddress().v6, IntervalSet::Of(0, ~Value{0}));
  EXPECT_EQ(AnyService().v4, IntervalSet::Of(0, 0xffffff));
  EXPECT_EQ(AnyService().v6, AnyService().v4);
}

TEST(Fields, RegionContainsAFlowOnlyWhenEveryFieldDoes) {
  Region region;
  region.interfaces = IntervalSet::Of(1, 2);
  region.peer.v4 = IntervalSet::Of(10, 20);
  region.self = AnyAddress();
  region.services = AnyService();
  Flow flow{.interface = 1, .peer = 10, .self = 5, .service = ServiceValue(kProtocolTcp, 443)};
  EXPECT_TRUE(Contains(region, flow));
  flow.out = 7;  // unused while the region has no set of out interfaces
  EXPECT_TRUE(Contains(region, flow));
  region.out = IntervalSet::Of(3, 7);
  EXPECT_TRUE(Contains(region, flow));
  flow.out = 2;
  EXPECT_FALSE(Contains(region, flow));
  flow.out = 3;
  flow.peer = 21;
  EXPECT_FALSE(Contains(region, flow));
  flow.peer = 10;
  flow.family = Family::kIpv6;
  EXPECT_FALSE(Contains(region, flow));
  flow.family = Family::kIpv4;
  flow.interface = 0;
  EXPECT_FALSE(Contains(region, flow));
  flow.interface = 1;
  region.self.v4 = IntervalSet::Of(6, 6);
  EXPECT_FALSE(Contains(region, flow));
  region.self = AnyAddress();
  region.services.v4 = IntervalSet::Of(ServiceValue(kProtocolTcp, 0), ServiceValue(kProtocolTcp, 442));
  EXPECT_FALSE(Contains(region, flow));
}

TEST(FormatService, Ports) {
  EXPECT_EQ(FormatService(Family::kIpv4, Service(kProtocolTcp, 443, 443)), "tcp/443");
  EXPECT_EQ(FormatService(Family::kIpv6, Service(kProtocolUdp, 5000, 5100)), "udp/5000-5100");
  EXPECT_EQ(FormatService(Family::kIpv4, Service(kProtocolSctp, 0, 0xffff)), "sctp/*");
  EXPECT_EQ(FormatService(Family::kIpv4, Service(kProtocolDccp, 0, 0)), "dccp/0");
  EXPECT_EQ(FormatService(Family::kIpv4, Service(kProtocolUdplite, 65535, 65535)), "udplite/65535");
}

TEST(FormatService, IcmpDependsOnTheFamily) {
  EXPECT_EQ(FormatService(Family::kIpv4, Service(kProtocolIcmp, 8 * 256, 8 * 256)), "icmp/8:0");
  EXPECT_EQ(FormatService(Family::kIpv4, Service(kProtocolIcmp, 3 * 256, 3 * 256 + 255)), "icmp/3");
  EXPECT_EQ(FormatService(Family::kIpv4, Service(kProtocolIcmp, 3 * 256 + 254, 5 * 256 + 1)),
            "icmp/3:254, icmp/3:255, icmp/4, icmp/5:0, icmp/5:1");
  EXPECT_EQ(FormatService(Family::kIpv4, Service(kProtocolIcmp, 0xffff, 0xffff)), "icmp/255:255");
  EXPECT_EQ(FormatService(Family::kIpv6, Service(kProtocolIcmpv6, 0, 0xffff)), "icmpv6/*");
  EXPECT_EQ(FormatService(Family::kIpv6, Service(kProtocolIcmp, 0, 0xffff)), "ip/1");
  EXPECT_EQ(FormatService(Family::kIpv4, Service(kProtocolIcmpv6, 0, 0)), "ip/58");
}

TEST(FormatService, BareProtocolsAndSeveralProtocols) {
  EXPECT_EQ(FormatService(Family::kIpv4, Service(47, 0, 0xffff)), "ip/47");
  EXPECT_EQ(FormatService(Family::kIpv4, Service(47, 0, 0)), "ip/47");
  EXPECT_EQ(FormatService(Family::kIpv4, {0, kMaxService}), "any");
  EXPECT_EQ(FormatService(Family::kIpv4, {ServiceValue(4, 0), ServiceValue(6, 79)}), "ip/4, ip/5, tcp/0-79");
  EXPECT_EQ(FormatService(Family::kIpv6, {ServiceValue(136, 9), kMaxService}).substr(0, 23),
            "udplite/9-65535, ip/137");
  EXPECT_TRUE(FormatService(Family::kIpv6, {ServiceValue(136, 9), kMaxService}).ends_with(", ip/255"));
}

}  // namespace
}  // namespace appnet::flow
