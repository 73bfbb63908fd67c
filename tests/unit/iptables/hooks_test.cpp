// The emitted rules, run by the machine, against the rules of compiler/backend/README.md, with random
// policies, packets and states of connections.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "backend/iptables/emit.h"
#include "unit/iptables/meaning.h"
#include "unit/iptables/random_policy.h"

namespace appnet::backend::iptables {
namespace {

struct Files {
  explicit Files(const ir::Policy& policy) : files(Emit(policy)), v4(files[0].bytes), v6(files[1].bytes) {}
  const Machine& of(base::Family family) const { return family == base::Family::kIpv4 ? v4 : v6; }
  std::vector<base::OutputFile> files;
  Machine v4, v6;
};

std::string Show(const Packet& packet) {
  return fmt::format(
      "{} {}->{} {} > {} protocol {} ports {} > {} icmp {}/{} {} {}{} flags {}{}{}{}", packet.type, packet.in,
      packet.out, base::FormatAddress({packet.family, packet.source}),
      base::FormatAddress({packet.family, packet.destination}), packet.protocol, packet.source_port,
      packet.destination_port, packet.icmp_type, packet.icmp_code, packet.state, packet.reply ? "reply " : "",
      packet.connection == nullptr         ? "without connection"
      : packet.connection->secmark.empty() ? "unlabelled"
                                           : "labelled",
      packet.tcp_flags.contains("SYN") ? "S" : "", packet.tcp_flags.contains("ACK") ? "A" : "",
      packet.tcp_flags.contains("RST") ? "R" : "", packet.tcp_flags.contains("FIN") ? "F" : "");
}

// A state that connection tracking can give the packet.
void Track(RandomPolicy& random, Packet& packet, Connection& connection) {
  static const char* const kStates[] = {"NEW",         "NEW",     "NEW",     "ESTABLISHED",
                                        "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"};
  packet.state = kStates[random.Below(std::size(kStates))];
  for (const char* flag : {"SYN", "ACK", "RST", "FIN"}) {
    if (random.Chance(40)) packet.tcp_flags.insert(flag);
  }
  if (packet.state == "INVALID" || packet.state == "UNTRACKED") return;
  packet.connection = &connection;
  packet.reply = packet.state != "NEW" && random.Chance(50);
  if (random.Chance(25)) {
    connection.secmark = "of:the:connection:s0";
    // Not yet marked is only one whose first packet this is.
    const bool icmp = packet.protocol == 1 || packet.protocol == 58;
    connection.expected = packet.state == "RELATED" && !icmp && random.Chance(75);
    if (!connection.expected || random.Chance(25)) connection.labels.insert(127);
  }
}

void CompareConnections(const Connection& machine, const Connection& meaning, const Packet& packet) {
  EXPECT_EQ(machine.secmark, meaning.secmark) << Show(packet);
  EXPECT_EQ(machine.labels.contains(126), meaning.labels.contains(126)) << Show(packet);
  EXPECT_EQ(machine.labels.contains(127), !meaning.secmark.empty()) << Show(packet);
}

class Hooks : public testing::TestWithParam<unsigned> {};

TEST_P(Hooks, PutTheLabelsOfTheReadme) {
  const unsigned seed = GetParam();
  Shape shape;
  shape.interfaces = seed % 2 == 0;
  shape.hosts = seed % 3 == 0 ? 40 : 6;
  shape.services = seed % 5 == 0 ? 40 : 4;
  shape.selves = seed % 7 == 0 ? 30 : 2;
  shape.labels = seed % 4 == 0 ? 1 : 6;
  RandomPolicy random(seed, shape);
  const Files files(random.policy);
  const Meaning meaning(random.policy);

  for (int i = 0; i < 1000 && !testing::Test::HasFailure(); ++i) {
    Packet machine_packet = random.NextPacket();
    Connection machine_connection;
    Track(random, machine_packet, machine_connection);
    const Machine& machine = files.of(machine_packet.family);
    Connection meaning_connection = machine_connection;
    Packet packet = machine_packet;
    if (packet.connection != nullptr) packet.connection = &meaning_connection;

    switch (i % 3) {
      case 0:  // arrives for us
        if (random.Chance(10))
          packet.type = machine_packet.type = random.Chance(50) ? "multicast" : "broadcast";
        machine.Run("mangle", "PREROUTING", machine_packet);
        meaning.Prerouting(packet);
        ASSERT_EQ(machine_packet.secmark, packet.secmark) << "prerouting " << Show(packet);
        machine.Run("mangle", "INPUT", machine_packet);
        meaning.Input(packet);
        break;
      case 1:  // passes through
        machine.Run("mangle", "PREROUTING", machine_packet);
        meaning.Prerouting(packet);
        machine.Run("security", "FORWARD", machine_packet);
        meaning.Forward(packet);
        ASSERT_EQ(machine_packet.secmark, packet.secmark) << "forward " << Show(packet);
        EXPECT_EQ(machine_packet.mark, 0x20000000U);
        machine.Run("mangle", "POSTROUTING", machine_packet);
        break;
      case 2:  // leaves from us, whatever mark it was given
        if (random.Chance(50)) machine_packet.mark = 0x30000001;
        machine.Run("security", "OUTPUT", machine_packet);
        machine.Run("mangle", "POSTROUTING", machine_packet);
        EXPECT_EQ(machine_packet.mark & 0x20000000, 0U);
        meaning.Postrouting(packet);
        break;
    }
    EXPECT_EQ(machine_packet.mark & 0x20000000, 0U);
    ASSERT_EQ(machine_packet.secmark, packet.secmark) << i % 3 << ' ' << Show(packet);
    CompareConnections(machine_connection, meaning_connection, packet);
  }
}

TEST_P(Hooks, LookUpEveryPacketOfLo) {
  RandomPolicy random(GetParam() + 1000, Shape{});
  const Files files(random.policy);
  const Meaning meaning(random.policy);
  for (int i = 0; i < 1000 && !testing::Test::HasFailure(); ++i) {
    Packet machine_packet = random.NextPacket();
    Connection machine_connection;
    Track(random, machine_packet, machine_connection);
    machine_connection = {};
    if (random.Chance(30)) {
      const Packet other = random.NextPacket();
      machine_connection.translated = true;
      machine_connection.reply_source = other.source & base::MaxAddress(machine_packet.family);
      machine_connection.reply_source_port = other.source_port;
    }
    if (random.Chance(20)) machine_connection.labels.insert(126);
    const Machine& machine = files.of(machine_packet.family);
    Connection meaning_connection = machine_connection;
    Packet packet = machine_packet;
    if (packet.connection != nullptr) packet.connection = &meaning_connection;
    if (random.Chance(50)) {
      packet.out = machine_packet.out = "lo";
      machine.Run("mangle", "POSTROUTING", machine_packet);
      meaning.Postrouting(packet);
    } else {
      packet.in = machine_packet.in = "lo";
      packet.secmark = machine_packet.secmark = "of:the:output:s0";
      machine.Run("mangle", "PREROUTING", machine_packet);
      machine.Run("mangle", "INPUT", machine_packet);
      meaning.Input(packet);
    }
    ASSERT_EQ(machine_packet.secmark, packet.secmark) << Show(packet);
    CompareConnections(machine_connection, meaning_connection, packet);
  }
}

INSTANTIATE_TEST_SUITE_P(Random, Hooks, testing::Range(0U, 12U));

}  // namespace
}  // namespace appnet::backend::iptables
