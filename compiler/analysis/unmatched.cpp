#include "analysis/unmatched.h"

#include <map>
#include <set>

namespace appnet::analysis {
namespace {

using sepolicy::TypeId;

bool MayOpenSockets(const sepolicy::Policy& base, TypeId domain) {
  for (const char* socket : {"tcp_socket", "udp_socket", "rawip_socket", "icmp_socket"}) {
    if (base.Allowed(domain, domain, socket, "create").at_defaults) return true;
  }
  return false;
}

// Who may send, and who may receive, packets of a type.
struct Rights {
  std::set<TypeId> send;
  std::set<TypeId> recv;
};

Rights RightsOn(const sepolicy::Policy& base, TypeId type) {
  Rights rights;
  for (const auto& holder : base.Holders(type, "packet", "send")) {
    if (holder.access.at_defaults) rights.send.insert(holder.source);
  }
  for (const auto& holder : base.Holders(type, "packet", "recv")) {
    if (holder.access.at_defaults) rights.recv.insert(holder.source);
  }
  return rights;
}

}  // namespace

UnmatchedReport ReportUnmatched(const sema::Program& program, const ir::Policy& policy,
                                const sepolicy::Policy& base) {
  UnmatchedReport report;
  Rights unlabeled;
  std::set<TypeId> some;  // hold part of an inherited type
  const bool by_base =
      program.unmatched == sema::UnmatchedMode::kBase || program.unmatched == sema::UnmatchedMode::kInherit;
  if (by_base) unlabeled = RightsOn(base, *base.UnlabeledType());
  if (program.unmatched == sema::UnmatchedMode::kInherit) {
    for (const ir::Label& label : policy.labels) {
      if (label.kind != ir::LabelKind::kBase) continue;
      const Rights rights = RightsOn(base, base.Find(label.type).id);
      some.insert(rights.send.begin(), rights.send.end());
      some.insert(rights.recv.begin(), rights.recv.end());
    }
  }
  for (const TypeId domain : base.Domains()) {
    const bool sockets = MayOpenSockets(base, domain);
    const bool sends = unlabeled.send.contains(domain);
    const bool receives = unlabeled.recv.contains(domain);
    if (program.unmatched == sema::UnmatchedMode::kAudit || (sends && receives) ||
        base.IsPermissive(domain)) {
      report.open.push_back(domain);
      report.open_with_sockets += sockets ? 1 : 0;
    } else if (sends || receives || some.contains(domain)) {
      report.partly.push_back(domain);
      report.partly_with_sockets += sockets ? 1 : 0;
    } else {
      report.cut_off.push_back(domain);
      report.cut_off_with_sockets += sockets ? 1 : 0;
    }
  }
  return report;
}

}  // namespace appnet::analysis
