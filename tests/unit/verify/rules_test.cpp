// The rules' texts, changed in one way at a time: the verifier notices each and names a flow.
#include <gtest/gtest.h>

#include <regex>

#include "unit/verify/rules_sample.h"

namespace appnet::verify::rules {
namespace {

using Text = std::string;

void ExpectSaid(const Text& said, const Text& part) {
  EXPECT_NE(said.find(part), Text::npos) << "wanted: " << part << "\nsaid: " << said;
}

TEST(Rules, TextsAsWrittenSayWhatThePolicySays) {
  EXPECT_EQ(Said({Texts().nft, Texts().v4, Texts().v6}), "");
}

// Lines that may be left out: a dispatch whose default says the same, the short way of new connections to
// where they come to anyway, a look-up's test before another that finds the same, and iptables' rule for
// untracked packets, which without a connection are looked up and never saved anyway. What random mutants of
// these change is judged by the models (oracle).
bool MaySayNothing(const Text& line) {
  static const std::regex kIdle(
      "\\s*(#.*|)\n|\\s*[io]ifname .*\n|\\s*ct state new meta l4proto != 6 goto .*\n|-A appnet-[a-z][0-9]+ "
      ".*\n|.* --ctstate UNTRACKED .*\n");
  return std::regex_match(line, kIdle);
}

// Each line that says something, left out.
template <class Check>
void ExpectEachLineCounts(const Text& text, Check check) {
  std::size_t dropped = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin) + 1;
    const Text line = text.substr(begin, end - begin);
    begin = end;
    if (MaySayNothing(line)) continue;
    EXPECT_NE(check(text.substr(0, end - line.size()) + text.substr(end)), "") << line;
    ++dropped;
  }
  EXPECT_GT(dropped, 100U);
}
TEST(Rules, EveryLineOfNftablesCounts) { ExpectEachLineCounts(Texts().nft, OfNft); }
TEST(Rules, EveryLineOfIptablesCounts) {
  ExpectEachLineCounts(Texts().v4, OfV4);
  ExpectEachLineCounts(Texts().v6, OfV6);
}

TEST(Rules, AMismatchNamesTheFlow) {
  ExpectSaid(OfNft(Replaced(Texts().nft, "10.5.0.0-10.255.255.255 . 443", "10.5.0.0-10.255.255.254 . 443")),
             "the nftables rules give connect tcp/443 to 10.255.255.255 via \"eth0\" the label");
  ExpectSaid(OfV4(Replaced(Texts().v4, "-m udp --dport 1000:2000", "-m udp --dport 1000:1999")),
             "the iptables rules give connect udp/2000 to 10.1.2.3 at 10.9.9.9");
}

TEST(Rules, ContextsCount) {
  const Text context = "system_u:object_r:appnet_mozilla_packet_t:s0";
  ExpectSaid(OfNft(Replaced(Texts().nft, context, context + ":c1")),
             "gives `appnet_mozilla_packet_t` the context");
  ExpectSaid(OfV4(Replaced(Texts().v4, context, context + ":c1")),
             "the label `appnet_mozilla_packet_t`, the policy `appnet_mozilla_packet_t`");
}

TEST(Rules, WhatIsNotOursIsRefused) {
  const Text refused = "cannot be read back";
  ExpectSaid(OfNft(Texts().nft + "table inet filter {\n}\n"), refused);
  ExpectSaid(OfNft(Replaced(Texts().nft, "table inet appnet", "table ip appnet")), refused);
  ExpectSaid(OfNft(Replaced(Texts().nft, "hook input priority mangle", "hook input priority filter")),
             refused);
  ExpectSaid(OfNft(Replaced(Texts().nft, "hook input priority", "hook output priority")), refused);
  ExpectSaid(OfNft(Replaced(Texts().nft, "policy accept", "policy drop")), refused);
  ExpectSaid(OfNft(Replaced(Texts().nft, "hook input priority", "hook forward priority")),
             "two chains for the hook forward");
  ExpectSaid(OfV4(Replaced(Texts().v4, "*mangle", "*filter")), refused);
  ExpectSaid(OfV4(Replaced(Texts().v4, "-I INPUT 1 -j", "-A INPUT -j")), refused);
  ExpectSaid(OfV4(Replaced(Texts().v4, "-I INPUT 1 -j appnet-in\n",
                           "-I INPUT 1 -j appnet-in\n-I INPUT 1 -j appnet-in\n")),
             "two jumps from INPUT");
  ExpectSaid(OfV4(Replaced(Texts().v4, "-I INPUT 1 -j appnet-in\n", "")),
             "the iptables rules are missing at the hook input");
  ExpectSaid(OfV4(Replaced(Texts().v4, ":appnet-in - [0:0]", ":FORWARD - [0:0]")), "no chain of ours");
  ExpectSaid(OfV4(Texts().v4 + Texts().v4), "twice");
  ExpectSaid(OfV6(Texts().v4), refused);  // IPv4 addresses
}

TEST(Rules, ReadingTheWrongEndIsNoticed) {
  ExpectSaid(OfNft(Replaced(Texts().nft, "th dport", "th sport")),
             "the source port, which has no part in it");
  ExpectSaid(OfNft(Replaced(Texts().nft, "ip daddr", "ip saddr")), "");
  EXPECT_NE(OfNft(Replaced(Texts().nft, "ip daddr", "ip saddr")), "");
  ExpectSaid(OfV4(Replaced(Texts().v4, "--dport 443", "--sport 443")), "the source port");
}

// Without its dispatch on the protocol a key of ports reads whatever stands there.
TEST(Rules, PortsOfProtocolsWithoutThemAreNoticed) {
  ExpectSaid(OfNft(Replaced(Texts().nft, "443 . 6 : \"appnet_mozilla_packet_t\"",
                            "443 . 47 : \"appnet_mozilla_packet_t\"")),
             "the label");
  ExpectSaid(OfNft(Replaced(Texts().nft, "icmp code", "icmp type")), "");
  EXPECT_NE(OfNft(Replaced(Texts().nft, "icmp code", "icmp type")), "");
}

TEST(Rules, LookUpsOverrideInTheirOrder) {
  const Text a = "\t\tjump inherited_connect_back";
  ASSERT_NE(Texts().nft.find(a), Text::npos);
  // the last line of a pick-up before the one before it
  const std::size_t chain = Texts().nft.find("chain input_midstream {\n");
  const std::size_t first = Texts().nft.find('\n', chain) + 1;
  const std::size_t second = Texts().nft.find('\n', first) + 1;
  const std::size_t third = Texts().nft.find('\n', second) + 1;
  const Text swapped = Texts().nft.substr(0, first) + Texts().nft.substr(second, third - second) +
                       Texts().nft.substr(first, second - first) + Texts().nft.substr(third);
  ExpectSaid(OfNft(swapped), "input");
}

TEST(Rules, MarksAndConnectionLabelsCount) {
  ExpectSaid(OfNft(Replaced(Texts().nft, "ct label set 126", "ct label set 125")), "connection labels");
  ExpectSaid(
      OfV4(Replaced(Texts().v4, "--set-xmark 0x20000000/0x20000000", "--set-xmark 0x40000000/0x40000000")),
      "packet mark");
  ExpectSaid(OfV4(Replaced(Texts().v4, "--label 127 --set", "--label 126 --set")), "connection labels");
  ExpectSaid(OfV4(Replaced(Texts().v4, "--restore", "--save")), "");
  EXPECT_NE(OfV4(Replaced(Texts().v4, "--restore", "--save")), "");
  ExpectSaid(OfNft(Replaced(Texts().nft, "ct status dnat ct secmark set meta secmark",
                            "ct secmark set meta secmark")),
             "save");
}

}  // namespace
}  // namespace appnet::verify::rules
