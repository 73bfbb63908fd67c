#pragma once
// Contract: what a compiled policy, on top of its base policy, says of one flow and one domain.

#include <map>
#include <string>

#include "ir/policy.h"
#include "sepolicy/policy.h"
#include "tools/examples/flow_file.h"

namespace appnet::test {

struct Judgement {
  std::string type;      // the packet type the flow's packets carry
  bool inbound = false;  // the domain may receive them, or forward them in
  bool outbound = false;
};

Judgement Judge(const ir::Policy& policy, const sepolicy::Policy& base, const ExpectedFlow& expected);

}  // namespace appnet::test
