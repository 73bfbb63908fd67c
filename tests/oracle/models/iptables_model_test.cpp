#include <gtest/gtest.h>

#include "models/snippets.h"

namespace appnet::oracle {
namespace {

const std::string kLabel = " -j SECMARK --selctx x:y:a\n";

TEST(IptablesModel, ReturnAfterGotoGoesToTheLastJumpsCaller) {
  const std::string chains =
      ":m - [0:0]\n:d - [0:0]\n-A m -g d\n-A m -j SECMARK --selctx x:y:a\n-A d -j RETURN\n";
  EXPECT_EQ(RunIptables(Mangle(chains + "-A INPUT -j m\n-A INPUT -j SECMARK --selctx x:y:b\n"), TcpIn(80)),
            "x:y:b");
  EXPECT_EQ(RunIptables(Mangle(chains + "-A INPUT -g m\n-A INPUT -j SECMARK --selctx x:y:b\n"), TcpIn(80)),
            "");
}

TEST(IptablesModel, SavingNeedsAMarkedPacketAndAnUnmarkedConnection) {
  const auto model = IptablesModel::Load(Mangle("-A INPUT -j CONNSECMARK --save\n"), NoRules());
  ASSERT_TRUE(model.ok()) << model.error().message;
  Single unmarked(TcpIn(80));
  unmarked.Run(model.value());
  EXPECT_EQ(unmarked.entry.secmark, "");
  Single marked(TcpIn(80));
  marked.passing.secmark = "p";
  marked.Run(model.value());
  EXPECT_EQ(marked.entry.secmark, "p");
  marked.passing.secmark = "q";
  marked.Run(model.value());
  EXPECT_EQ(marked.entry.secmark, "p");
}

TEST(IptablesModel, RestoringNeedsAnUnmarkedPacket) {
  const auto model = IptablesModel::Load(Mangle("-A INPUT -j CONNSECMARK --restore\n"), NoRules());
  ASSERT_TRUE(model.ok()) << model.error().message;
  Single single(TcpIn(80));
  single.entry.secmark = "c";
  EXPECT_EQ(single.Run(model.value()), "c");
  single.passing.secmark = "p";
  EXPECT_EQ(single.Run(model.value()), "p");
}

TEST(IptablesModel, WithoutConnectionAStateMatchDecidesAlone) {
  Visit visit = TcpIn(80);
  visit.connection = -1;
  visit.state = State::kInvalid;
  const auto run = [&](const std::string& match) {
    return RunIptables(Mangle("-A INPUT -m conntrack " + match + kLabel), visit);
  };
  EXPECT_EQ(run("--ctstate INVALID --ctdir REPLY"), "x:y:a");
  EXPECT_EQ(run("--ctdir REPLY"), "");
  EXPECT_EQ(run("! --ctdir REPLY"), "");
  EXPECT_EQ(run("! --ctstate NEW"), "x:y:a");
  EXPECT_EQ(run("--ctstate UNTRACKED"), "");
}

TEST(IptablesModel, ConntrackTuples) {
  const auto run = [&](const std::string& match) {
    const auto model = IptablesModel::Load(Mangle("-A INPUT -m conntrack " + match + kLabel), NoRules());
    if (!model) return model.error().message;
    Single single(TcpIn(80));
    single.connection.reply = {base::ParseAddress("10.0.0.9")->value, 0, 8080, 0};
    return single.Run(model.value());
  };
  EXPECT_EQ(run("--ctreplsrc 10.0.0.8/31 --ctreplsrcport 8000:8100"), "x:y:a");
  EXPECT_EQ(run("--ctreplsrc 10.0.0.8/31 --ctreplsrcport 80"), "");
  EXPECT_EQ(run("! --ctreplsrc 10.0.0.8/31"), "");
  EXPECT_EQ(run("--ctdir ORIGINAL --ctproto 6"), "x:y:a");
}

TEST(IptablesModel, ConnectionLabelsAreSetByTheMatch) {
  const std::string rules =
      "-A INPUT -m connlabel --label 127 -j SECMARK --selctx x:y:b\n-A INPUT -m connlabel --label 127 --set" +
      kLabel;
  const auto model = IptablesModel::Load(Mangle(rules), NoRules());
  ASSERT_TRUE(model.ok()) << model.error().message;
  Single single(TcpIn(80));
  EXPECT_EQ(single.Run(model.value()), "x:y:a");
  EXPECT_TRUE(single.entry.labels.contains(127));
  Single without(TcpIn(80));
  without.connection.holds_labels = false;
  EXPECT_EQ(without.Run(model.value()), "");
}

TEST(IptablesModel, Matches) {
  const auto hits = [&](const std::string& match) {
    const std::string label = RunIptables(Mangle("-A INPUT " + match + kLabel), TcpIn(80));
    EXPECT_TRUE(label.empty() || label == "x:y:a") << match << ": " << label;
    return label == "x:y:a";
  };
  EXPECT_TRUE(hits("-i eth0"));
  EXPECT_TRUE(hits("-i eth+"));
  EXPECT_TRUE(hits("-i eth0+"));
  EXPECT_FALSE(hits("-i et"));
  EXPECT_FALSE(hits("! -i eth+"));
  EXPECT_TRUE(hits("-s 10.0.0.0/24 ! -d 10.0.0.1"));
  EXPECT_FALSE(hits("-s 10.0.0.2/31"));
  EXPECT_TRUE(hits("-m iprange --src-range 9.0.0.0-10.0.0.1"));
  EXPECT_FALSE(hits("-m iprange ! --dst-range 10.0.0.2-10.0.0.2"));
  EXPECT_TRUE(hits("-p tcp -m tcp --dport 80:90"));
  EXPECT_FALSE(hits("-p tcp -m tcp --dport :79"));
  EXPECT_FALSE(hits("-p udp -m udp --dport 80"));
  EXPECT_TRUE(hits("-p tcp -m multiport --dports 1:5,80"));
  EXPECT_TRUE(hits("-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN"));
  EXPECT_FALSE(hits("-p tcp -m tcp ! --syn"));
  EXPECT_TRUE(hits("-m pkttype --pkt-type unicast"));
  EXPECT_FALSE(hits("-m pkttype ! --pkt-type unicast"));
  EXPECT_FALSE(hits("-m mark --mark 0x20000000/0x20000000"));
  EXPECT_TRUE(hits("-m comment --comment \"a \\\"b\\\" c\""));
}

TEST(IptablesModel, IcmpTypes) {
  Visit visit = TcpIn(0);
  visit.packet.protocol = kIcmp;
  visit.packet.icmp_type = 3;
  visit.packet.icmp_code = 1;
  const auto run = [&](const std::string& type) {
    return RunIptables(Mangle("-A INPUT -p icmp -m icmp --icmp-type " + type + kLabel), visit);
  };
  EXPECT_EQ(run("3"), "x:y:a");
  EXPECT_EQ(run("3/1"), "x:y:a");
  EXPECT_EQ(run("3/2"), "");
  EXPECT_EQ(run("any"), "x:y:a");
}

TEST(IptablesModel, PacketMarks) {
  const auto model =
      IptablesModel::Load(Mangle("-A INPUT -j MARK --set-xmark 0x20000000/0x20000000\n"), NoRules());
  ASSERT_TRUE(model.ok()) << model.error().message;
  Single single(TcpIn(80));
  single.passing.mark = 5;
  single.Run(model.value());
  EXPECT_EQ(single.passing.mark, 0x20000005U);
}

TEST(IptablesModel, LoadingAgainEmptiesDeclaredChains) {
  const std::string text = Mangle(":own - [0:0]\n-A own -j SECMARK --selctx x:y:a\n-D INPUT -j own\n");
  EXPECT_FALSE(IptablesModel::Load(text, NoRules()).ok());  // nothing to delete yet
  const std::string plain = Mangle(":own - [0:0]\n-A own -j SECMARK --selctx x:y:a\n");
  const auto model = IptablesModel::Load(plain, NoRules(), 2);
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(model.value().tables(Family::kIpv4).at("mangle").at("own").rules.size(), 1U);
}

TEST(IptablesModel, RefusesWhatTheToolsWouldRefuse) {
  const auto refused = [](const std::string& lines) {
    return !IptablesModel::Load(Mangle(lines), NoRules()).ok();
  };
  EXPECT_FALSE(refused("-A INPUT -j RETURN\n"));
  EXPECT_TRUE(refused("-A INPUT -j nowhere\n"));
  EXPECT_TRUE(refused(":" + std::string(29, 'x') + " - [0:0]\n"));
  EXPECT_FALSE(refused(":" + std::string(28, 'x') + " - [0:0]\n"));
  EXPECT_TRUE(refused(":INPUT DROP [0:0]\n"));
  EXPECT_TRUE(refused(":a - [0:0]\n:b - [0:0]\n-A a -j b\n-A b -g a\n"));
  EXPECT_TRUE(refused("-A INPUT -m set --match-set x src -j RETURN\n"));
  EXPECT_TRUE(
      refused("-A INPUT -p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16 -j RETURN\n"));
  EXPECT_TRUE(refused("-A INPUT -m multiport --dports 1 -j RETURN\n"));
  EXPECT_TRUE(refused("-A INPUT -p tcp -m udp --dport 1 -j RETURN\n"));
  EXPECT_TRUE(refused("-A INPUT -o eth0 -j RETURN\n"));
  EXPECT_TRUE(refused("-A INPUT -s ::1 -j RETURN\n"));
  EXPECT_TRUE(refused("-A INPUT -p 0 -j RETURN\n"));
  EXPECT_TRUE(refused("-A INPUT -j DROP2\n"));
  EXPECT_TRUE(refused("-A INPUT -m conntrack --ctdir ORIGINAL --ctdir REPLY -j RETURN\n"));
  EXPECT_FALSE(IptablesModel::Load("*nat\nCOMMIT\n", NoRules()).ok());
  EXPECT_FALSE(IptablesModel::Load("*mangle\n", NoRules()).ok());
}

}  // namespace
}  // namespace appnet::oracle
