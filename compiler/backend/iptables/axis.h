#pragma once
// Contract: an axis is a field of the packet that rules test for lying in an interval.

#include <string>
#include <vector>

#include "backend/iptables/reading.h"

namespace appnet::backend::iptables {

using flow::Family;
using flow::Interval;
using flow::Value;

class Axis {
 public:
  static Axis Port(unsigned protocol, const PacketFields& fields);
  static Axis Peer(Family family, const PacketFields& fields);
  static Axis Own(Family family, const PacketFields& fields);

  Value maximum() const { return maximum_; }
  // Matches of which exactly one takes a packet whose field is in the interval. More than one only for the
  // reply tuple's address, which iptables compares with networks alone.
  std::vector<std::string> Tests(const Interval& interval) const;
  // No chain that the rules lead to tests this field again (iptables takes each option once a rule).
  bool tested_first() const { return tested_first_; }
  // An interval around `hull`, not beyond `room`, that is cheaper to test.
  Interval Widened(const Interval& hull, const Interval& room) const;

 private:
  enum class Kind { kPort, kAddress, kReplySource };
  static Axis Address(Family family, const PacketFields& fields);
  Axis(Kind kind, Family family, Value maximum) : kind_(kind), family_(family), maximum_(maximum) {}

  Kind kind_;
  Family family_;
  Value maximum_;
  bool tested_first_ = false;
  std::string exact_;  // what stands before a value or a network
  std::string range_;  // what stands before an interval
};

// The match that a packet is of this protocol.
std::string ProtocolMatch(Family family, unsigned protocol);

}  // namespace appnet::backend::iptables
