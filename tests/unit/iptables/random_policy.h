#pragma once
// Contract: policies for tests, built node by node, and packets that come near their boundaries.

#include <random>
#include <string>
#include <vector>

#include "ir/policy.h"
#include "unit/iptables/machine.h"

namespace appnet::backend::iptables {

// One label more, with a context of its own.
ir::Leaf AddLabel(ir::Policy& policy);
// Unmatched, unmatched_forward and transit; everything misses.
ir::Policy EmptyPolicy(const std::vector<std::string>& interfaces = {});

// What `where` doesn't cover has `otherwise`. The intervals may overlap: the last one wins.
struct Patch {
  flow::Interval where;
  ir::NodeId node;
};
ir::NodeId MakePatched(ir::Diagram& diagram, ir::Field field, flow::Value maximum, ir::NodeId otherwise,
                       const std::vector<Patch>& patches);

struct Shape {
  int labels = 6;
  int hosts = 6;  // of a function of the peer
  int networks = 4;
  int services = 4;  // of a function of the service
  int selves = 2;    // of a function of the own address
  bool interfaces = true;
  bool inherited = true;
};

class RandomPolicy {
 public:
  RandomPolicy(unsigned seed, const Shape& shape);

  ir::Policy policy;

  // A packet whose fields often are on a boundary of the policy or next to it.
  Packet NextPacket();
  std::mt19937& random() { return random_; }
  bool Chance(int percent) { return Below(100) < static_cast<unsigned>(percent); }
  unsigned Below(unsigned end) { return std::uniform_int_distribution<unsigned>(0, end - 1)(random_); }

 private:
  using Value = flow::Value;

  ir::NodeId Leaf();
  ir::NodeId Interfaces(ir::Field field, bool forward);
  ir::NodeId Families();
  ir::NodeId Peers(flow::Family family);
  ir::NodeId Services(flow::Family family, bool with_self);
  ir::NodeId Selves(flow::Family family);
  Value NewAddress(flow::Family family);
  Value Near(const std::vector<Value>& values, Value maximum);

  std::mt19937 random_;
  Shape shape_;
  std::vector<ir::NodeId> leaves_;
  std::vector<Value> addresses_[2];  // boundaries, by family
  std::vector<Value> services_;
  std::vector<std::string> names_;
};

}  // namespace appnet::backend::iptables
