#include "analysis/lints.h"
#include "analysis/missing_access.h"
#include "analysis/protocols.h"

namespace appnet::analysis {

// An accept rule of a domain that may bind no address. Looks at the initial SID "node", the type of every
// address that no nodecon names.
void WarnNodeBind(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter) {
  const auto node = base.InitialSidType("node");
  if (!node) return;
  MissingAccesses accesses(diag::Kind::kNodeBindDenied, "bind an address", base, emitter);
  for (const sema::Rule& rule : program.rules) {
    if (rule.label || rule.direction != flow::Direction::kAccept) continue;
    std::vector<MissingAccess> missing;
    for (const unsigned protocol : NamedProtocols(rule)) {
      if (!flow::HasPorts(protocol)) continue;
      const std::string socket(SocketClassOf(protocol, base));
      for (const sepolicy::TypeId domain : program.domain_sets[rule.subjects]) {
        if (!base.Allowed(domain, *node, socket, "node_bind").ever) {
          missing.push_back({domain, base.TypeName(*node), socket, "node_bind"});
        }
      }
    }
    accesses.Report(rule, missing);
  }
}

}  // namespace appnet::analysis
