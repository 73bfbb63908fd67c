// What sets stand for, and what is wrong with them.

#include "unit/sema/checked.h"

namespace appnet::sema {
namespace {

using diag::Kind;

// The peer addresses of one rule whose hosts are `set`.
std::string Hosts(const std::string& set, const std::string& declarations = "") {
  const Checked checked = CheckBody(declarations + "domain sshd_t { connect any to " + set + "; }");
  if (!checked.program) return checked.Listing();
  return Text(checked.rule(0).region.peer);
}

std::string Services(const std::string& set, const std::string& declarations = "") {
  const Checked checked = CheckBody(declarations + "domain sshd_t { connect " + set + "; }");
  if (!checked.program) return checked.Listing();
  return Text(checked.rule(0).region.services);
}

TEST(Hosts, AddressesNetworksAndRanges) {
  EXPECT_EQ(Hosts("10.0.0.1"), "10.0.0.1|");
  EXPECT_EQ(Hosts("10.0.0.0/8, 2001:db8::/32"), "10.0.0.0/8|2001:db8::/32");
  EXPECT_EQ(Hosts("10.0.0.1-10.0.0.9"), "10.0.0.1-10.0.0.9|");
  EXPECT_EQ(Hosts("2001:db8::1-2001:db8::ff"), "|2001:db8::1-2001:db8::ff");
  EXPECT_EQ(Hosts("0.0.0.0/0"), "0.0.0.0/0|");
  EXPECT_EQ(Hosts("255.255.255.255/32, ::/0"), "255.255.255.255|::/0");
  EXPECT_EQ(Hosts("any"), "0.0.0.0/0|::/0");
}

TEST(Hosts, ExceptTakesTheCommasAfterIt) {
  EXPECT_EQ(Hosts("10.0.0.0/30, 10.0.0.8 except 10.0.0.1, 10.0.0.8"), "10.0.0.0 10.0.0.2/31|");
  EXPECT_EQ(Hosts("(10.0.0.0/30 except 10.0.0.1), 10.0.0.1"), "10.0.0.0/30|");
  EXPECT_EQ(Hosts("10.0.0.0/30 except (10.0.0.0/31 except 10.0.0.1)"), "10.0.0.1-10.0.0.3|");
}

TEST(Hosts, NamesInAnyOrder) {
  EXPECT_EQ(Hosts("a", "host a = b, 10.0.0.3; host b = 10.0.0.0/31, c; host c = 10.0.0.2;"), "10.0.0.0/30|");
}

TEST(Hosts, Mistakes) {
  const auto only = [](const std::string& set, Kind kind, const std::string& span, const std::string& message,
                       const std::string& help = "") {
    SCOPED_TRACE(set);
    ExpectOnly(CheckBody("host h = " + set + ";"), kind, span, message, help);
  };
  only("10.0.0.256", Kind::kBadAddress, "10.0.0.256", "`10.0.0.256` is no IP address",
       "an IPv4 address has four numbers from 0 to 255 without leading zeros, like `10.0.0.1`");
  only("10.0.0", Kind::kBadAddress, "10.0.0", "`10.0.0` is no IP address");
  only("2001::db8::1", Kind::kBadAddress, "2001::db8::1", "`2001::db8::1` is no IP address");
  only("10.0.0.1-10.0.0", Kind::kBadAddress, "10.0.0", "`10.0.0` is no IP address");
  only("10.0.0.1, 10.0.0.0/33", Kind::kBadPrefix, "33", "`33` is no prefix length",
       "an IPv4 network has a prefix length from 0 to 32, without leading zeros");
  only("2001:db8::/129", Kind::kBadPrefix, "129", "`129` is no prefix length");
  only("10.0.0.0/08", Kind::kBadPrefix, "08", "`08` is no prefix length");
  only("10.1.2.3/8", Kind::kHostBitsSet, "10.1.2.3/8", "`10.1.2.3/8` has bits set beyond its prefix length",
       "the network is `10.0.0.0/8`, the host alone `10.1.2.3`");
  only("0.0.0.1/0", Kind::kHostBitsSet, "0.0.0.1/0", "`0.0.0.1/0` has bits set beyond its prefix length");
  only("2001:db8::1/64", Kind::kHostBitsSet, "2001:db8::1/64",
       "`2001:db8::1/64` has bits set beyond its prefix length");
  only("10.0.0.9-10.0.0.1", Kind::kReversedRange, "10.0.0.9-10.0.0.1", "the range ends before it begins",
       "write `10.0.0.1-10.0.0.9`");
  only("10.0.0.1-::1", Kind::kMixedFamilies, "10.0.0.1-::1",
       "the range begins with an IPv4 address and ends with an IPv6 one");
  only("tcp/80", Kind::kWrongNameKind, "tcp/80", "a service stands where a host is wanted");
  only("\"eth0\"", Kind::kWrongNameKind, "\"eth0\"", "an interface name stands where a host is wanted");
  only("sshd_t", Kind::kWrongNameKind, "sshd_t",
       "`sshd_t` is a type of the policy `reference`, and a host is wanted here");
  only("prxy", Kind::kUnknownName, "prxy", "unknown host `prxy`");
}

TEST(Hosts, EmptySetsAndExceptsWithoutEffect) {
  ExpectOnly(CheckBody("host h = 10.0.0.1 except 10.0.0.0/8;"), Kind::kEmptySet, "10.0.0.1 except 10.0.0.0/8",
             "the set is empty");
  // Inside of parentheses as well, and nothing is said of what is around it.
  ExpectOnly(CheckBody("host h = 10.0.0.9, (10.0.0.1 except 10.0.0.1); domain sshd_t { connect any to h; }"),
             Kind::kEmptySet, "10.0.0.1 except 10.0.0.1", "the set is empty");

  const Checked nothing = CheckBody("host h = 10.0.0.0/8 except 192.168.0.1, 192.168.0.2;");
  ExpectOnly(nothing, Kind::kExceptRemovesNothing, "192.168.0.1, 192.168.0.2", "`except` takes nothing away");
  EXPECT_TRUE(nothing.program.has_value());

  const Checked family = CheckBody("host h = 10.0.0.1, 2001:db8::1 except 2001:db8::/32;");
  ExpectOnly(family, Kind::kFamilyEmptied, "2001:db8::/32", "`except` leaves nothing of IPv6 in the set");
  EXPECT_TRUE(family.program.has_value());
}

TEST(Hosts, OneMistakeIsOneError) {
  ExpectOnly(CheckBody("host a = 10.0.0.300; host b = a, 10.0.0.1; host c = b except a;"
                       "domain sshd_t { connect any to b; accept any from c; connect icmp/8 to a; }"),
             Kind::kBadAddress, "10.0.0.300", "`10.0.0.300` is no IP address");
}

TEST(Hosts, DefinitionsInACircle) {
  ExpectOnly(CheckBody("host a = 10.0.0.1, a; domain sshd_t { connect any to a; }"), Kind::kDefinitionCycle,
             "a", "the host `a` is defined by itself");
  const Checked circle =
      CheckBody("host a = b; host b = c; host c = 10.0.0.1 except (10.0.0.2, a); host d = c;");
  ExpectOnly(circle, Kind::kDefinitionCycle, "a", "the host `a` is defined by itself");
  EXPECT_EQ(circle.diagnostics()[0].labels.size(), 2U);
}

TEST(Hosts, LongChainsOfDefinitions) {
  std::string text;
  for (int i = 0; i < 10000; ++i)
    text += "host h" + std::to_string(i) + " = h" + std::to_string(i + 1) + ";\n";
  text += "host h10000 = 10.0.0.1;\n";
  EXPECT_EQ(Hosts("h0", text), "10.0.0.1|");
  // The same as a circle.
  const Checked circle = CheckBody(text + "host h10001 = h10001;");
  ExpectOnly(circle, Kind::kDefinitionCycle, "h10001", "the host `h10001` is defined by itself");
  std::string ring = text.substr(0, text.rfind("host h10000"));
  ExpectOnly(CheckBody(ring + "host h10000 = h0;"), Kind::kDefinitionCycle, "h0",
             "the host `h0` is defined by itself");
}

TEST(Hosts, LargeLists) {
  std::string list;
  for (unsigned i = 0; i < 100000; ++i) {
    const unsigned address = 0x0a000000U + i * 2;
    list += (i == 0 ? "" : ", ") + base::FormatAddress({base::Family::kIpv4, address});
  }
  const Checked checked = CheckBody("host h = " + list + "; domain sshd_t { connect any to h; }");
  ExpectClean(checked);
  EXPECT_EQ(checked.rule(0).region.peer.v4.size(), 100000U);
}

TEST(Services, PortsAndProtocols) {
  EXPECT_EQ(Services("tcp/443"), "tcp/443|tcp/443");
  EXPECT_EQ(Services("udp/5000-5100"), "udp/5000-5100|udp/5000-5100");
  EXPECT_EQ(Services("tcp/*"), "tcp/*|tcp/*");
  EXPECT_EQ(Services("ip/6"), Services("tcp/*"));
  EXPECT_EQ(Services("sctp/1, dccp/2, udplite/3"), "dccp/2 sctp/1 udplite/3|dccp/2 sctp/1 udplite/3");
  EXPECT_EQ(Services("ip/47"), "ip/47|ip/47");
  EXPECT_EQ(Services("tcp/1-10 except tcp/5"), "tcp/1-4 tcp/6-10|tcp/1-4 tcp/6-10");
  EXPECT_EQ(Services("tcp/0, tcp/65535"), "tcp/0 tcp/65535|tcp/0 tcp/65535");
}

TEST(Services, IcmpIsOfOneFamily) {
  EXPECT_EQ(Services("icmp/echo-request"), Services("icmp/8"));
  EXPECT_NE(Services("icmp/8").find("icmp/8"), std::string::npos);
  EXPECT_EQ(Services("icmpv6/echo-request"), Services("icmpv6/128"));
  EXPECT_EQ(Services("icmp/port-unreachable"), Services("icmp/3:3"));
  EXPECT_EQ(Services("icmpv6/nd-neighbor-solicit"), Services("icmpv6/neighbour-solicitation"));
  const Checked both = CheckBody("domain ping_t { connect icmp/*, icmpv6/*; }");
  ExpectClean(both);
  const flow::ServiceSet& services = both.rule(0).region.services;
  EXPECT_EQ(services.v4, flow::IntervalSet::Of(0x010000, 0x01ffff));
  EXPECT_EQ(services.v6, flow::IntervalSet::Of(0x3a0000, 0x3affff));
}

TEST(Services, Mistakes) {
  const auto only = [](const std::string& set, Kind kind, const std::string& span, const std::string& message,
                       const std::string& help = "") {
    SCOPED_TRACE(set);
    ExpectOnly(CheckBody("service s = " + set + ";"), kind, span, message, help);
  };
  only("tcp/65536", Kind::kBadPort, "65536", "`65536` is no port number",
       "a port is a number from 0 to 65535, without leading zeros");
  only("tcp/99999999999999999999", Kind::kBadPort, "99999999999999999999",
       "`99999999999999999999` is no port number");
  only("tcp/080", Kind::kBadPort, "080", "`080` is no port number");
  only("tcp/https", Kind::kBadPort, "https", "`https` is no port number");
  only("tcp/80-70000", Kind::kBadPort, "70000", "`70000` is no port number");
  only("tcp/80:443", Kind::kBadPort, "tcp/80:443", "`tcp` has ports and no codes",
       "a range of ports is written with a hyphen, like `tcp/80-443`");
  only("udp/20-10", Kind::kReversedRange, "udp/20-10", "the range of ports ends before it begins",
       "write `udp/10-20`");
  only("ip/256", Kind::kBadProtocol, "ip/256", "`ip/` wants one protocol number from 0 to 255");
  only("ip/*", Kind::kBadProtocol, "ip/*", "`ip/` wants one protocol number from 0 to 255",
       "write `any` for every protocol");
  only("ip/gre", Kind::kBadProtocol, "ip/gre", "`ip/` wants one protocol number from 0 to 255");
  only("tpc/80", Kind::kBadProtocol, "tpc", "unknown protocol `tpc`", "did you mean `tcp`?");
  only("icmp/echo-requst", Kind::kBadIcmpType, "echo-requst", "`echo-requst` is no ICMP type",
       "did you mean `echo-request`?");
  only("icmp/packet-too-big", Kind::kBadIcmpType, "packet-too-big", "`packet-too-big` is no ICMP type",
       "it is a type of `icmpv6`");
  only("icmp/256", Kind::kBadIcmpType, "256", "`256` is no ICMP type");
  only("icmp/3:256", Kind::kBadIcmpType, "256", "`256` is no ICMP code");
  only("icmp/port-unreachable:2", Kind::kBadIcmpType, "icmp/port-unreachable:2",
       "`port-unreachable` is type 3 with code 3 already");
  only("icmp/3-5", Kind::kBadIcmpType, "icmp/3-5", "ICMP types have no ranges");
  only("10.0.0.1", Kind::kWrongNameKind, "10.0.0.1", "an address stands where a service is wanted");
  only("http", Kind::kUnknownName, "http", "unknown service `http`",
       "`import std.services;` brings the names of the usual services");
}

}  // namespace
}  // namespace appnet::sema
