#pragma once
// Contract: what label a packet gets at each hook, straight from compiler/backend/README.md, without any
// thought for speed. Works on the same packets as the machine; connections keep their labels here in
// `secmark` alone, and being picked up on lo in `labels` 126.

#include "ir/policy.h"
#include "unit/iptables/machine.h"

namespace appnet::backend::iptables {

class Meaning {
 public:
  explicit Meaning(const ir::Policy& policy) : policy_(policy) {}

  void Prerouting(Packet& packet) const;
  void Input(Packet& packet) const;
  void Forward(Packet& packet) const;
  void Postrouting(Packet& packet) const;  // of a local packet

 private:
  enum class Look { kThere, kBack, kTranslated };
  struct Reading {
    flow::Direction direction;
    Look look;
  };
  // The first reading's policy label, the second's, ..., then the inherited in the same order, then
  // unmatched.
  std::string LookUp(const Packet& packet, const std::vector<Reading>& readings) const;
  std::string Unmatched(flow::Direction direction) const;
  void Stateful(Packet& packet, Reading there, Reading back) const;
  void Loopback(Packet& packet, bool output) const;

  const ir::Policy& policy_;
};

}  // namespace appnet::backend::iptables
