#pragma once
// Contract: the types the base policy gives to ports, as the kernel finds them (security_port_sid): the first
// portcon entry that matches, else the initial SID "port".

#include <map>
#include <optional>
#include <vector>

#include "flow/fields.h"
#include "sepolicy/policy.h"

namespace appnet::analysis {

class PortTypes {
 public:
  explicit PortTypes(const sepolicy::Policy& base);

  // Distinct types of these ports, in order of port.
  std::vector<sepolicy::TypeId> Of(unsigned protocol, const flow::IntervalSet& ports) const;

 private:
  struct Range {
    flow::Interval ports;
    sepolicy::TypeId type;
  };
  std::optional<sepolicy::TypeId> rest_;
  std::map<unsigned, std::vector<Range>> ranges_;  // disjoint, ascending
};

}  // namespace appnet::analysis
