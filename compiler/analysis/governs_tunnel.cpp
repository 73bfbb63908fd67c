#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "analysis/lints.h"
#include "analysis/protocols.h"

namespace appnet::analysis {
namespace {

struct Tunnel {
  unsigned protocol;
  std::string_view name;
};

// Protocols in whose packets the kernel wraps those of others (IANA protocol numbers). The outer packet keeps
// the inner one's socket (Linux net/ipv4/ip_tunnel_core.c, iptunnel_xmit), and so the domain that is checked.
constexpr auto kTunnels = std::to_array<Tunnel>({{4, "IPIP"},
                                                 {41, "IPv6 in IPv4 or IPv6"},
                                                 {47, "GRE"},
                                                 {50, "ESP"},
                                                 {51, "AH"},
                                                 {97, "EtherIP"},
                                                 {108, "IPComp"},
                                                 {115, "L2TP"},
                                                 {137, "MPLS in IP"}});

}  // namespace

void WarnTunnels(const sema::Program& program, const sepolicy::Policy&, diag::Emitter& emitter) {
  for (const sema::Rule& rule : program.rules) {
    if (rule.label || rule.direction == flow::Direction::kForward) continue;
    const std::set<unsigned> protocols = NamedProtocols(rule);
    const auto tunnel = std::ranges::find_if(
        kTunnels, [&](const Tunnel& known) { return protocols.contains(known.protocol); });
    if (tunnel == kTunnels.end()) continue;
    emitter
        .Report(diag::Kind::kGovernsTunnel, rule.origin.span,
                fmt::format("this rule governs the outer packets of {} tunnels", tunnel->name))
        .Help("name every domain that uses the tunnel, or leave its protocol unmatched")
        .Note(
            "an outer packet is checked as one of the domain that sent the inner packet: domains that the "
            "rule "
            "does not name can send nothing through the tunnel");
  }
}

}  // namespace appnet::analysis
