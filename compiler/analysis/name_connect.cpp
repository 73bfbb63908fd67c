#include "analysis/lints.h"
#include "analysis/port_access.h"

namespace appnet::analysis {

// A connect rule for a port the domain may not connect to: connect(2) fails before any packet.
void WarnNameConnect(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter) {
  const PortTypes port_types(base);
  MissingAccesses accesses(diag::Kind::kNameConnectDenied, "connect to this service's port", base, emitter);
  for (const sema::Rule& rule : program.rules) {
    if (rule.label || rule.direction != flow::Direction::kConnect) continue;
    accesses.Report(rule, MissingPortAccess(program, rule, base, port_types, "name_connect", {}));
  }
}

}  // namespace appnet::analysis
