#include <set>

#include "analysis/lints.h"
#include "analysis/missing_access.h"

namespace appnet::analysis {

// always_check_network arms the peer, netif and node checks too (Linux security/selinux/hooks.c,
// selinux_socket_sock_rcv_skb, selinux_ip_forward and selinux_ip_postroute). Without labelled networking a
// peer is the unlabeled type.
void WarnEnforceAlways(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter) {
  if (!program.enforce_always) return;
  const auto netif = base.InitialSidType("netif");
  const auto node = base.InitialSidType("node");
  const auto unlabeled = base.UnlabeledType();
  if (!netif || !node || !unlabeled) return;
  MissingAccesses accesses(diag::Kind::kPeerRecvMissing, "pass the checks that `enforce always` arms besides",
                           base, emitter);
  for (const sema::Rule& rule : program.rules) {
    if (rule.label) continue;
    std::vector<MissingAccess> missing;
    auto need = [&](sepolicy::TypeId source, sepolicy::TypeId target, const char* object_class,
                    const char* permission) {
      if (!base.Allowed(source, target, object_class, permission).ever) {
        missing.push_back({source, base.TypeName(target), object_class, permission});
      }
    };
    const bool forward = rule.direction == flow::Direction::kForward;
    auto need_inbound = [&](sepolicy::TypeId peer) {
      need(peer, *netif, "netif", "ingress");
      need(peer, *node, "node", "recvfrom");
    };
    for (const sepolicy::TypeId subject : program.domain_sets[rule.subjects]) {
      if (!forward) need(subject, *unlabeled, "peer", "recv");
      need(subject, *netif, "netif", "egress");
      need(subject, *node, "node", "sendto");
      if (forward) need_inbound(subject);  // of a forwarded packet the peer is the subject
    }
    if (!forward) need_inbound(*unlabeled);
    accesses.Report(rule, missing);
  }
}

}  // namespace appnet::analysis
