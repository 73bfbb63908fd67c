#pragma once
// Contract: short ways to send one packet through hand-written rules.

#include <string>

#include "oracle/iptables_model.h"
#include "oracle/nft_model.h"

namespace appnet::oracle {

// A table with labels a, b, c, whose contexts are "x:y:a" and so on.
inline std::string NftTable(const std::string& body) {
  return "table inet appnet\ndelete table inet appnet\ntable inet appnet {\n"
         "secmark a { \"x:y:a\" }\nsecmark b { \"x:y:b\" }\nsecmark c { \"x:y:c\" }\n" +
         body + "\n}\n";
}
inline std::string NftInput(const std::string& rules) {
  return NftTable("chain in {\ntype filter hook input priority mangle; policy accept;\n" + rules + "\n}\n");
}

inline Visit TcpIn(unsigned destination_port) {
  Visit visit;
  visit.hook = Hook::kInput;
  visit.in = "eth0";
  visit.state = State::kNew;
  visit.connection = 0;
  visit.packet.protocol = kTcp;
  visit.packet.source = base::ParseAddress("10.0.0.1")->value;
  visit.packet.destination = base::ParseAddress("10.0.0.2")->value;
  visit.packet.source_port = 40000;
  visit.packet.destination_port = destination_port;
  visit.packet.tcp_flags = kSyn;
  return visit;
}

// One packet with a connection of its own; what rules write stays readable.
struct Single {
  explicit Single(Visit v) : visit(std::move(v)) {
    connection.protocol = visit.packet.protocol;
    entry.connection = &connection;
    passing.visit = &visit;
    if (visit.connection >= 0) passing.entry = &entry;
  }
  Single(const Single&) = delete;
  std::string Run(const RuleSet& rules) {
    rules.Traverse(passing);
    return passing.secmark;
  }
  Visit visit;
  Connection connection;
  Entry entry;
  Passing passing;
};

inline std::string RunNft(const std::string& text, const Visit& visit) {
  const auto model = NftModel::Load(text);
  if (!model) return "error: " + model.error().message;
  return Single(visit).Run(model.value());
}

inline std::string Mangle(const std::string& lines) { return "*mangle\n" + lines + "COMMIT\n"; }
inline std::string NoRules() { return Mangle(""); }

inline std::string RunIptables(const std::string& v4, const Visit& visit) {
  const auto model = IptablesModel::Load(v4, NoRules());
  if (!model) return "error: " + model.error().message;
  return Single(visit).Run(model.value());
}

}  // namespace appnet::oracle
