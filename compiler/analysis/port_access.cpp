#include "analysis/port_access.h"

#include <algorithm>

#include "analysis/protocols.h"

namespace appnet::analysis {

std::vector<MissingAccess> MissingPortAccess(const sema::Program& program, const sema::Rule& rule,
                                             const sepolicy::Policy& base, const PortTypes& port_types,
                                             const std::string& permission,
                                             const flow::IntervalSet& ignored) {
  std::vector<MissingAccess> missing;
  for (const unsigned protocol : NamedProtocols(rule)) {
    if (!flow::HasPorts(protocol)) continue;
    const std::string socket(SocketClassOf(protocol, base));
    if (!base.HasPermission(socket, permission)) continue;
    const std::vector<sepolicy::TypeId> types =
        port_types.Of(protocol, PortsOf(rule, protocol).Subtract(ignored));
    if (types.empty()) continue;
    for (const sepolicy::TypeId domain : program.domain_sets[rule.subjects]) {
      const bool some = std::any_of(types.begin(), types.end(), [&](sepolicy::TypeId type) {
        return base.Allowed(domain, type, socket, permission).ever;
      });
      if (some) continue;
      for (const sepolicy::TypeId type : types)
        missing.push_back({domain, base.TypeName(type), socket, permission});
    }
  }
  return missing;
}

}  // namespace appnet::analysis
