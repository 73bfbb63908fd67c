#pragma once
// Contract: who may really use our packet types, on the binary policy that comes of linking base, modules and
// our module, and whose packets are logged: every type of ours, every permission on packets, every domain,
// every setting of the booleans; and whether constraints leave each grant any effect. Shares nothing with the
// way the grants were made.

#include <string>
#include <vector>

#include "base/result.h"
#include "ir/policy.h"
#include "sepolicy/policy.h"

namespace appnet::verify {

struct LinkedReport {
  // A right that nothing in ir::Policy gives.
  struct Foreign {
    ir::LabelId label;
    std::string domain, permission;
    std::string when;  // the condition; "always"
    // Attributes, other than ours, that hold the type: the way in, as nobody else knows its name.
    std::vector<std::string> through;
  };
  // A grant that a constraint denies in every context in which the domain can act.
  struct Stopped {
    ir::LabelId label;
    std::string domain, permission;
    std::string context;     // one of these contexts
    std::string constraint;  // as libsepol words it
    bool lowest_and_range;   // with MLS: the contexts were at the lowest level and with the whole range
  };
  std::vector<Foreign> foreign;  // by label, domain, permission
  // Likewise: what is logged (auditallow) though nothing in ir::Policy has it logged.
  std::vector<Foreign> logged;
  std::vector<Stopped> stopped;
  // What the policy grants or has logged and the linked policy doesn't: a bug of ours, a sentence each.
  std::vector<std::string> missing;
};

// `linked` was read with OwnModule::kShown.
base::Result<LinkedReport> CheckLinked(const ir::Policy& policy, const sepolicy::Policy& linked);

}  // namespace appnet::verify
