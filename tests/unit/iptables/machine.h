#pragma once
// Contract: a machine that runs an iptables-restore file on packets, as far as our files go. Written from the
// manual pages iptables(8) and iptables-extensions(8), not from the emitter. A rule it doesn't understand
// throws.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"

namespace appnet::backend::iptables {

struct Connection {
  std::string secmark;  // a context; empty: none
  std::set<unsigned> labels;
  bool expected = false;
  bool translated = false;  // its destination was
  base::Value reply_source = 0;
  unsigned reply_source_port = 0;
};

struct Packet {
  base::Family family = base::Family::kIpv4;
  std::string in, out;
  base::Value source = 0, destination = 0;
  unsigned protocol = 0;
  unsigned source_port = 0, destination_port = 0;
  unsigned icmp_type = 0, icmp_code = 0;
  std::set<std::string> tcp_flags;
  std::string type = "unicast";
  std::string state = "NEW";  // of connection tracking; INVALID and UNTRACKED have no connection
  bool reply = false;
  Connection* connection = nullptr;
  std::string secmark;
  unsigned mark = 0;
};

class Machine {
 public:
  explicit Machine(std::string_view text);

  // Enters at the jump of the table's built-in chain.
  void Run(const std::string& table, const std::string& hook, Packet& packet) const;

  struct Rule {
    std::vector<std::function<bool(const Packet&)>> matches;
    std::function<void(Packet&)> act;  // may be empty
    std::string jump, go;              // chains
    bool returns = false;
    std::string text;
  };
  using Table = std::map<std::string, std::vector<Rule>>;
  const std::map<std::string, Table>& tables() const { return tables_; }
  // Chains on the longest way below a built-in one.
  unsigned Depth() const;
  // The rules run since the machine was made.
  std::size_t steps() const { return steps_; }

 private:
  // Runs the chain, and what it goes to.
  void RunChain(const Table& table, const std::string& chain, Packet& packet) const;

  std::map<std::string, Table> tables_;
  mutable std::size_t steps_ = 0;
};

}  // namespace appnet::backend::iptables
