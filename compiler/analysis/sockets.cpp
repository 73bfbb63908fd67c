#include <fmt/format.h>
#include <fmt/ranges.h>

#include "analysis/lints.h"
#include "analysis/missing_access.h"
#include "analysis/protocols.h"

namespace appnet::analysis {
namespace {

// What a socket needs to open a flow, or to answer one.
std::vector<std::string> Needed(flow::Direction direction, unsigned protocol) {
  if (direction == flow::Direction::kConnect) return {"create", "connect"};
  if (protocol == flow::kProtocolTcp) return {"create", "bind", "listen", "accept"};
  return {"create", "bind"};
}

}  // namespace

// A rule of a domain that can't have such a socket of its own (it may still inherit one).
void WarnSockets(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter) {
  MissingAccesses accesses(diag::Kind::kSocketDenied, "have such a socket of its own", base, emitter);
  for (const sema::Rule& rule : program.rules) {
    if (rule.label || rule.direction == flow::Direction::kForward) continue;
    std::vector<MissingAccess> missing;
    for (const unsigned protocol : NamedProtocols(rule)) {
      if (!flow::HasPorts(protocol))
        continue;  // ping sockets, raw sockets: several ways, so nothing is certain
      const std::string socket(SocketClassOf(protocol, base));
      for (const sepolicy::TypeId domain : program.domain_sets[rule.subjects]) {
        std::vector<std::string> denied;
        for (const std::string& permission : Needed(rule.direction, protocol)) {
          if (base.HasPermission(socket, permission) &&
              !base.Allowed(domain, domain, socket, permission).ever) {
            denied.push_back(permission);
          }
        }
        if (!denied.empty())
          missing.push_back({domain, "self", socket, fmt::format("{}", fmt::join(denied, " "))});
      }
    }
    accesses.Report(rule, missing);
  }
}

}  // namespace appnet::analysis
