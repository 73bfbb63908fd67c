#pragma once
// Contract: what the chosen `unmatched` mode means for each domain of the base policy, with the booleans at
// their defaults.

#include <vector>

#include "ir/policy.h"
#include "sema/program.h"

namespace appnet::analysis {

struct UnmatchedReport {
  std::vector<sepolicy::TypeId> open;     // may send and receive any unmatched traffic
  std::vector<sepolicy::TypeId> partly;   // only some: one direction, or some of the inherited packet types
  std::vector<sepolicy::TypeId> cut_off;  // none
  // How many of each may open network sockets at all (tcp, udp, raw or icmp).
  std::size_t open_with_sockets = 0;
  std::size_t partly_with_sockets = 0;
  std::size_t cut_off_with_sockets = 0;
};

UnmatchedReport ReportUnmatched(const sema::Program& program, const ir::Policy& policy,
                                const sepolicy::Policy& base);

}  // namespace appnet::analysis
