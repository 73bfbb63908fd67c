#include <gtest/gtest.h>

#include "models/snippets.h"

namespace appnet::oracle {
namespace {

TEST(NftModel, AMissedLookUpEndsTheRuleNotTheChain) {
  EXPECT_EQ(RunNft(NftInput("meta secmark set th dport map { 1 : \"a\" } accept\nmeta secmark set \"b\""),
                   TcpIn(80)),
            "x:y:b");
  EXPECT_EQ(RunNft(NftInput("meta secmark set th dport map { 80 : \"a\" } accept\nmeta secmark set \"b\""),
                   TcpIn(80)),
            "x:y:a");
}

TEST(NftModel, AFieldOfTheOtherFamilyEndsTheRuleEvenWhenNegated) {
  EXPECT_EQ(RunNft(NftInput("ip6 saddr != ::1 meta secmark set \"a\""), TcpIn(80)), "");
  EXPECT_EQ(RunNft(NftInput("ip saddr != 10.0.0.9 meta secmark set \"a\""), TcpIn(80)), "x:y:a");
  EXPECT_EQ(RunNft(NftInput("udp dport != 9 meta secmark set \"a\""), TcpIn(80)), "");
}

TEST(NftModel, WithoutConnectionItsFieldsEndTheRuleButSavingGoesOn) {
  Visit visit = TcpIn(80);
  visit.connection = -1;
  visit.state = State::kUntracked;
  EXPECT_EQ(RunNft(NftInput("ct direction original meta secmark set \"a\""), visit), "");
  EXPECT_EQ(RunNft(NftInput("ct secmark vmap { 0 : accept }\nmeta secmark set \"a\""), visit), "x:y:a");
  EXPECT_EQ(RunNft(NftInput("ct state untracked meta secmark set \"a\""), visit), "x:y:a");
  EXPECT_EQ(RunNft(NftInput("ct secmark set meta secmark meta secmark set \"a\""), visit), "x:y:a");
  EXPECT_EQ(RunNft(NftInput("meta secmark set \"a\"\nmeta secmark set ct secmark"), visit), "x:y:a");
}

TEST(NftModel, RestoringAssignsAnEmptyLabelToo) {
  EXPECT_EQ(RunNft(NftInput("meta secmark set \"a\"\nmeta secmark set ct secmark"), TcpIn(80)), "");
}

TEST(NftModel, SavingOverwrites) {
  const auto model = NftModel::Load(NftInput("meta secmark set \"a\" ct secmark set meta secmark"));
  ASSERT_TRUE(model.ok()) << model.error().message;
  Single single(TcpIn(80));
  single.entry.secmark = "old";
  single.Run(model.value());
  EXPECT_EQ(single.entry.secmark, "x:y:a");
}

TEST(NftModel, ReturnAfterGotoGoesToTheLastJumpsCaller) {
  const std::string chains =
      "chain deep {\nreturn\n}\nchain middle {\ngoto deep\nmeta secmark set \"a\"\n}\n"
      "chain in {\ntype filter hook input priority mangle; policy accept;\n";
  EXPECT_EQ(RunNft(NftTable(chains + "jump middle\nmeta secmark set \"b\"\n}"), TcpIn(80)), "x:y:b");
  EXPECT_EQ(RunNft(NftTable(chains + "goto middle\nmeta secmark set \"b\"\n}"), TcpIn(80)), "");
}

TEST(NftModel, AcceptInADeepChainEndsTheBaseChain) {
  EXPECT_EQ(
      RunNft(NftTable(
                 "chain deep {\naccept\n}\nchain in {\ntype filter hook input priority -150; policy accept;\n"
                 "jump deep\nmeta secmark set \"b\"\n}"),
             TcpIn(80)),
      "");
}

TEST(NftModel, VerdictMapMissGoesOn) {
  EXPECT_EQ(RunNft(NftInput("iifname vmap { \"eth1\" : return, \"wl*\" : return }\nmeta secmark set \"a\""),
                   TcpIn(80)),
            "x:y:a");
  EXPECT_EQ(RunNft(NftInput("iifname vmap { \"eth*\" : return }\nmeta secmark set \"a\""), TcpIn(80)), "");
  EXPECT_EQ(RunNft(NftInput("iifname vmap { \"eth\" : return }\nmeta secmark set \"a\""), TcpIn(80)),
            "x:y:a");
}

TEST(NftModel, ConcatenatedIntervals) {
  const std::string text = NftTable(
      "map m {\ntype ipv4_addr . inet_service . inet_proto : secmark\nflags interval\n"
      "elements = { 10.0.0.0/31 . 1-79 . 6 : \"a\",\n 10.0.0.0-10.0.0.5 . 80 . tcp : \"b\" }\n}\n"
      "chain in {\ntype filter hook input priority mangle; policy accept;\n"
      "meta secmark set ip saddr . th dport . meta l4proto map @m\n}");
  EXPECT_EQ(RunNft(text, TcpIn(80)), "x:y:b");
  EXPECT_EQ(RunNft(text, TcpIn(79)), "x:y:a");
  EXPECT_EQ(RunNft(text, TcpIn(81)), "");
}

TEST(NftModel, TcpFlags) {
  const std::string rule = "tcp flags & (fin | syn | rst | ack) != syn meta secmark set \"a\"";
  Visit visit = TcpIn(80);
  EXPECT_EQ(RunNft(NftInput(rule), visit), "");
  visit.packet.tcp_flags = kSyn | kPsh;
  EXPECT_EQ(RunNft(NftInput(rule), visit), "");
  EXPECT_EQ(RunNft(NftInput("tcp flags syn meta secmark set \"a\""), visit), "x:y:a");
  EXPECT_EQ(RunNft(NftInput("tcp flags == syn meta secmark set \"a\""), visit), "");
  visit.packet.tcp_flags = kSyn | kAck;
  EXPECT_EQ(RunNft(NftInput(rule), visit), "x:y:a");
  visit.packet.tcp_flags = 0;
  EXPECT_EQ(RunNft(NftInput(rule), visit), "x:y:a");
}

TEST(NftModel, ConnectionLabels) {
  const std::string text = NftInput("ct label 126 meta secmark set \"a\"\nct label set 126");
  const auto model = NftModel::Load(text);
  ASSERT_TRUE(model.ok()) << model.error().message;
  Single single(TcpIn(80));
  EXPECT_EQ(single.Run(model.value()), "");
  EXPECT_EQ(single.Run(model.value()), "x:y:a");
  Single without(TcpIn(80));
  without.connection.holds_labels = false;
  without.Run(model.value());
  EXPECT_EQ(without.Run(model.value()), "");
}

TEST(NftModel, RefusesWhatTheKernelOrNftWouldRefuse) {
  const auto refused = [](const std::string& text) { return !NftModel::Load(text).ok(); };
  const auto map = [](const std::string& flags, const std::string& elements) {
    return NftTable("map m {\ntype ipv4_addr : secmark\n" + flags + "elements = { " + elements + " }\n}\n");
  };
  EXPECT_FALSE(refused(map("flags interval\n", "10.0.0.0/24 : \"a\", 10.0.1.0/24 : \"b\"")));
  EXPECT_TRUE(refused(map("flags interval\n", "10.0.0.0/24 : \"a\", 10.0.0.7 : \"b\"")));  // overlap
  EXPECT_TRUE(refused(map("", "10.0.0.0/24 : \"a\"")));  // interval without the flag
  EXPECT_TRUE(refused(map("", "10.0.0.1 : \"a\", 10.0.0.1 : \"b\"")));
  EXPECT_TRUE(refused(map("flags interval\n", "10.0.0.1/24 : \"a\"")));  // host bits
  EXPECT_TRUE(refused(map("", "10.0.0.1 : \"missing\"")));
  EXPECT_TRUE(refused(map("", "::1 : \"a\"")));
  EXPECT_TRUE(refused(NftInput("jump nowhere")));
  EXPECT_TRUE(refused(NftInput("drop")));
  EXPECT_TRUE(refused(NftInput("meta secmark 1 accept")));
  EXPECT_TRUE(refused(NftInput("ip saddr @missing accept")));
  EXPECT_TRUE(
      refused(NftInput("iifname . th dport { \"eth*\" . 5 } accept")));  // an exact name for nft 1.0.6
  EXPECT_TRUE(
      refused(NftTable("chain a {\njump b\n}\nchain b {\ngoto a\n}\nchain in {\ntype filter hook input "
                       "priority 0; policy accept;\njump a\n}")));
  EXPECT_TRUE(refused(NftInput("th dport 80-70 accept")));
  EXPECT_TRUE(refused(NftInput("th dport 70000 accept")));
  EXPECT_TRUE(refused("flush ruleset\n" + NftInput("accept")));
  EXPECT_TRUE(refused(NftTable("chain in {\ntype filter hook input priority mangle; policy drop;\n}")));
}

TEST(NftModel, KeysHaveAtMostSixtyFourBytes) {
  const auto map = [](const std::string& type) {
    return NftModel::Load(NftTable("map m {\ntype " + type + " : secmark\n}\n")).ok();
  };
  EXPECT_TRUE(map("ifname . ipv6_addr . ipv6_addr . inet_service . inet_proto . icmp_type . icmp_code"));
  EXPECT_FALSE(map(
      "ifname . ipv6_addr . ipv6_addr . inet_service . inet_proto . icmp_type . icmp_code . inet_service"));
}

TEST(NftModel, WherePortsWouldBeThereAreOtherBytes) {
  Visit visit = TcpIn(0);
  visit.packet.protocol = 47;
  visit.packet.payload = 0x00500051;
  EXPECT_EQ(RunNft(NftInput("th dport 81 meta secmark set \"a\""), visit), "x:y:a");
  EXPECT_EQ(RunNft(NftInput("th sport 80 meta secmark set \"a\""), visit), "x:y:a");
}

}  // namespace
}  // namespace appnet::oracle
