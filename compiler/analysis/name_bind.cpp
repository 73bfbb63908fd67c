#include "analysis/lints.h"
#include "analysis/port_access.h"

namespace appnet::analysis {
namespace {

// The kernel asks for name_bind outside the range of local ports alone (selinux_socket_bind); this is its
// default range.
const flow::Interval kLocalPorts{32768, 60999};

}  // namespace

// An accept rule for a port the domain may not bind: bind(2) fails.
void WarnNameBind(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter) {
  const PortTypes port_types(base);
  MissingAccesses accesses(diag::Kind::kNameBindDenied, "bind this service's port", base, emitter);
  for (const sema::Rule& rule : program.rules) {
    if (rule.label || rule.direction != flow::Direction::kAccept) continue;
    accesses.Report(rule, MissingPortAccess(program, rule, base, port_types, "name_bind",
                                            flow::IntervalSet({kLocalPorts})));
  }
}

}  // namespace appnet::analysis
