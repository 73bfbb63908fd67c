#pragma once
// Contract: iptables rules as the kernel runs them, both families: labels on packets and connections, and
// packet marks. Each hook runs table mangle, then security.

#include "oracle/iptables_rules.h"
#include "oracle/packet.h"

namespace appnet::oracle {

class IptablesModel : public RuleSet {
 public:
  // `times`: how often the files are loaded one after the other.
  static base::Result<IptablesModel> Load(std::string_view v4, std::string_view v6, int times = 1);
  void Traverse(Passing& passing) const override;
  const iptables::Tables& tables(Family family) const { return family == Family::kIpv4 ? v4_ : v6_; }

 private:
  IptablesModel() = default;
  iptables::Tables v4_, v6_;
};

}  // namespace appnet::oracle
