#include "backend/iptables/emit.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "backend/iptables/limits.h"
#include "unit/iptables/random_policy.h"

namespace appnet::backend::iptables {
namespace {

using flow::Family;
using flow::Value;
using ir::Field;

constexpr Shape kSmall{.labels = 4, .hosts = 3, .networks = 2, .services = 3};

ir::NodeId Service(ir::Policy& policy, unsigned protocol, unsigned low, unsigned high, ir::Leaf leaf) {
  const flow::Interval where{flow::ServiceValue(protocol, low), flow::ServiceValue(protocol, high)};
  return MakePatched(policy.diagram, Field::kService, flow::kMaxService, policy.diagram.MakeLeaf(ir::kMiss),
                     {{where, policy.diagram.MakeLeaf(leaf)}});
}

// Connect: tcp/443 to `peers`, IPv4.
ir::Policy WebPolicy(const std::vector<flow::Interval>& peers) {
  ir::Policy policy = EmptyPolicy();
  const ir::NodeId web = Service(policy, flow::kProtocolTcp, 443, 443, AddLabel(policy));
  const ir::NodeId miss = policy.diagram.MakeLeaf(ir::kMiss);
  std::vector<Patch> patches;
  for (const flow::Interval& peer : peers) patches.push_back({peer, web});
  const ir::NodeId v4 =
      MakePatched(policy.diagram, Field::kPeer, base::MaxAddress(Family::kIpv4), miss, patches);
  policy.roots[0] = MakePatched(policy.diagram, Field::kFamily, 1, miss, {{{0, 0}, v4}});
  return policy;
}

std::size_t Count(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(Emit, WritesAFileForEachFamily) {
  const auto files = Emit(EmptyPolicy());
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].name, "example.rules.v4");
  EXPECT_EQ(files[1].name, "example.rules.v6");
  EXPECT_NE(files[0].bytes.find("iptables-restore --noflush example.rules.v4"), std::string::npos);
  EXPECT_NE(files[1].bytes.find("ip6tables-restore --noflush example.rules.v6"), std::string::npos);
}

TEST(Emit, EntersEachHookWithOneJump) {
  for (const auto& file : Emit(EmptyPolicy())) {
    const Machine machine(file.bytes);
    ASSERT_EQ(machine.tables().size(), 2U);
    for (const auto& [table, hooks] : std::map<std::string, std::vector<std::string>>{
             {"mangle", {"PREROUTING", "INPUT", "POSTROUTING"}}, {"security", {"FORWARD", "OUTPUT"}}}) {
      for (const auto& [chain, rules] : machine.tables().at(table)) {
        if (chain.starts_with("appnet-")) continue;
        EXPECT_NE(std::find(hooks.begin(), hooks.end(), chain), hooks.end()) << chain;
        EXPECT_EQ(rules.size(), 1U) << chain;
      }
      EXPECT_EQ(Count(file.bytes, "\n-I "), 5U);
    }
    EXPECT_EQ(file.bytes.find("ACCEPT\n"), std::string::npos);
    EXPECT_EQ(file.bytes.find("DROP"), std::string::npos);
  }
}

TEST(Emit, FamiliesDontMix) {
  const auto files = Emit(WebPolicy({{0x0a000001, 0x0a000001}}));
  EXPECT_NE(files[0].bytes.find("-d 10.0.0.1 -p tcp -m tcp --dport 443"), std::string::npos);
  EXPECT_EQ(files[1].bytes.find("443"), std::string::npos);
  EXPECT_EQ(files[1].bytes.find("10.0.0.1"), std::string::npos);
}

TEST(Emit, ReadsAnswersFromTheOtherEnd) {
  const auto files = Emit(WebPolicy({{0x0a000000, 0x0a0000ff}}));
  EXPECT_NE(files[0].bytes.find("-s 10.0.0.0/24 -p tcp -m tcp --sport 443"), std::string::npos);
  EXPECT_NE(
      files[0].bytes.find("-m conntrack --ctreplsrc 10.0.0.0/24 -p tcp -m conntrack --ctreplsrcport 443"),
      std::string::npos);
}

TEST(Emit, NoChainIsWrittenTwice) {
  const Machine machine(Emit(RandomPolicy(5, kSmall).policy)[0].bytes);
  for (const auto& [table, chains] : machine.tables()) {
    std::set<std::string> bodies;
    for (const auto& [name, rules] : chains) {
      if (!name.starts_with("appnet-") || !std::isdigit(name.back())) continue;  // hooks' chains are named
      std::string body;
      for (const auto& rule : rules) body += rule.text.substr(rule.text.find(name) + name.size()) + "\n";
      EXPECT_TRUE(bodies.insert(body).second) << name;
    }
  }
}

TEST(Emit, EveryChainIsReached) {
  for (const auto& file : Emit(RandomPolicy(6, kSmall).policy)) {
    const Machine machine(file.bytes);
    for (const auto& [table, chains] : machine.tables()) {
      std::set<std::string> reached;
      for (const auto& [name, rules] : chains) {
        for (const auto& rule : rules) reached.insert({rule.jump, rule.go});
      }
      for (const auto& [name, rules] : chains) {
        EXPECT_TRUE(!name.starts_with("appnet-") || reached.contains(name)) << name;
      }
    }
  }
}

TEST(Emit, IsTheSameEachTime) {
  const auto first = Emit(RandomPolicy(9, kSmall).policy);
  const auto second = Emit(RandomPolicy(9, kSmall).policy);
  EXPECT_EQ(first[0].bytes, second[0].bytes);
  EXPECT_EQ(first[1].bytes, second[1].bytes);
}

// 4,000 networks, each with a host that has another service: the tree stays flat, and no path is too
// deep for nft.
TEST(Emit, ThousandsOfPeersStayInShallowTrees) {
  ir::Policy policy = EmptyPolicy({"eth0", "wan*"});
  std::vector<ir::NodeId> services;
  for (unsigned i = 0; i < 50; ++i)
    services.push_back(Service(policy, 6, 1000 + i, 1010 + i, AddLabel(policy)));
  std::vector<Patch> patches;
  for (Value i = 0; i < 4000; ++i) {
    const Value network = Value{10} << 24 | i * 64;
    patches.push_back({{network, network + 31}, services[static_cast<std::size_t>(i % 50)]});
    patches.push_back({{network + 7, network + 7}, services[static_cast<std::size_t>((i + 1) % 50)]});
  }
  const ir::NodeId miss = policy.diagram.MakeLeaf(ir::kMiss);
  const ir::NodeId v4 =
      MakePatched(policy.diagram, Field::kPeer, base::MaxAddress(Family::kIpv4), miss, patches);
  const ir::NodeId any = MakePatched(policy.diagram, Field::kFamily, 1, miss, {{{0, 0}, v4}});
  const Value other = policy.interfaces.size() - 1;
  policy.roots[0] = MakePatched(policy.diagram, Field::kInterface, other, miss, {{{1, 1}, any}});
  const ir::NodeId out = MakePatched(policy.diagram, Field::kOut, other, miss, {{{1, 1}, any}});
  policy.roots[2] = MakePatched(policy.diagram, Field::kInterface, other, miss, {{{2, 2}, out}});

  const Machine machine(Emit(policy)[0].bytes);
  EXPECT_LE(machine.Depth(), 15U);
  for (const auto& [table, chains] : machine.tables()) {
    for (const auto& [name, rules] : chains) EXPECT_LE(rules.size(), 17U) << name;
  }
  Packet packet;
  packet.out = "eth0";
  packet.protocol = 6;
  packet.destination = Value{10} << 24 | 2000 * 64 | 7;
  packet.destination_port = 1001;
  packet.state = "UNTRACKED";
  const std::size_t before = machine.steps();
  machine.Run("mangle", "POSTROUTING", packet);
  EXPECT_EQ(packet.secmark, policy.labels[4].context);
  EXPECT_LT(machine.steps() - before, 60U);
}

TEST(Emit, CommentsAreNeverReadAsRules) {
  ir::Policy policy = WebPolicy({{1, 1}});
  ir::RuleOrigin origin;
  origin.file = "a.appnet";
  origin.line = 7;
  origin.text = "connect https to any; " + std::string(20000, 'x') + "\n-A appnet-in -j ACCEPT\nCOMMIT\n*nat";
  policy.rules.push_back(origin);
  origin.line = 8;
  origin.text.clear();
  for (int i = 0; i < 6000; ++i) origin.text += "ü";  // cut between characters
  policy.rules.push_back(origin);
  policy.labels[3].rules = {0, 1};
  const std::string text = Emit(policy)[0].bytes;
  EXPECT_NE(text.find("# a.appnet:7 connect https to any"), std::string::npos);
  EXPECT_EQ(Machine(text).tables().size(), 2U);  // the machine refuses long lines and ACCEPT
  std::size_t at = text.find("# a.appnet:8");
  const std::string line = text.substr(at, text.find('\n', at) - at);
  EXPECT_TRUE(line.ends_with("ü")) << line.size();
  EXPECT_LT(line.size(), 1100U);
}

TEST(Emit, OddInterfaceNamesAreQuoted) {
  ir::Policy policy = EmptyPolicy({"a\"b\\", "pl+us*", "x'#"});
  const ir::NodeId miss = policy.diagram.MakeLeaf(ir::kMiss);
  std::vector<Patch> patches;
  for (Value id = 1; id < 4; ++id) patches.push_back({{id, id}, policy.diagram.MakeLeaf(AddLabel(policy))});
  policy.roots[0] = MakePatched(policy.diagram, Field::kInterface, 4, miss, patches);
  const std::string text = Emit(policy)[0].bytes;
  EXPECT_NE(text.find("-o \"a\\\"b\\\\\" -g"), std::string::npos) << text;
  EXPECT_NE(text.find("-o pl+us+ -g"), std::string::npos) << text;
  EXPECT_NE(text.find("-o x'# -g"), std::string::npos) << text;
  const Machine machine(text);
  for (const auto& [name, label] :
       std::map<std::string, int>{{"a\"b\\", 3}, {"x'#", 4}, {"pl+us9", 5}, {"plus", 0}}) {
    Packet packet;
    packet.out = name;
    packet.state = "UNTRACKED";
    machine.Run("mangle", "POSTROUTING", packet);
    EXPECT_EQ(packet.secmark, policy.labels[static_cast<std::size_t>(label)].context) << name;
  }
}

// VLANs: names with long common beginnings, a wildcard around them and one of them twice.
TEST(Emit, HundredsOfInterfacesAreNotOneChain) {
  std::vector<std::string> names = {"vlan*", "vlan1", "vlan12*", "v", "eth0"};
  for (int i = 100; i < 700; ++i) names.push_back(fmt::format("vlan{}", i));
  ir::Policy policy = EmptyPolicy(names);
  const Value other = policy.interfaces.size() - 1;
  std::vector<Patch> patches;
  for (Value id = 0; id < other; ++id)
    patches.push_back({{id, id}, policy.diagram.MakeLeaf(AddLabel(policy))});
  const ir::NodeId miss = policy.diagram.MakeLeaf(ir::kMiss);
  policy.roots[1] = MakePatched(policy.diagram, Field::kInterface, other, miss, patches);
  const Machine machine(Emit(policy)[0].bytes);
  for (const auto& [name, rules] : machine.tables().at("mangle")) EXPECT_LE(rules.size(), 70U) << name;
  names.insert(names.end(),
               {"vlan", "vlan0", "vlan129x", "vlan13", "vlan7", "vla", "wlan0", "eth1", "vlan7000"});
  for (std::string name : names) {
    if (name.ends_with('*')) name.back() = 'z';
    Packet packet;
    packet.in = name;
    packet.state = "UNTRACKED";
    machine.Run("mangle", "INPUT", packet);
    const flow::InterfaceClassId id = policy.interfaces.ClassOf(name);
    const ir::LabelId label = id == other ? policy.unmatched : 3 + id;
    EXPECT_EQ(packet.secmark, policy.labels[label].context) << name;
  }
}

TEST(Limits, LongContextsAndPlusNames) {
  ir::Policy policy = EmptyPolicy({"eth+", "eth", "wan+*"});
  EXPECT_TRUE(TooLong(policy).empty());
  policy.labels[1].context = std::string(255, 'c');
  EXPECT_TRUE(TooLong(policy).empty());
  policy.labels[2].context = std::string(256, 'c');
  EXPECT_EQ(TooLong(policy), std::vector<ir::LabelId>{2});
  EXPECT_EQ(PlusNames(policy), std::vector<std::string>{"eth+"});
}

}  // namespace
}  // namespace appnet::backend::iptables
