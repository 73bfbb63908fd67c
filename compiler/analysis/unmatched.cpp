#include "analysis/unmatched.h"

#include <set>
#include <string>

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

// The types that unmatched packets carry.
std::set<std::string> TypesOf(const ir::Policy& policy) {
  std::set<ir::NodeId> seen;
  std::set<std::string> types{policy.labels[policy.unmatched].type};
  std::vector<ir::NodeId> open(policy.inherited.begin(), policy.inherited.end());
  while (!open.empty()) {
    const ir::NodeId node = open.back();
    open.pop_back();
    if (!seen.insert(node).second) continue;
    if (policy.diagram.IsLeaf(node) && policy.diagram.LeafOf(node) != ir::kMiss)
      types.insert(policy.labels[ir::LabelFor(policy.diagram.LeafOf(node))].type);
    for (std::size_t i = 0; i < policy.diagram.EdgeCount(node); ++i)
      open.push_back(policy.diagram.EdgeChild(node, i));
  }
  return types;
}

enum class Reach { kNone, kPart, kAll };

Reach ReachOf(TypeId domain, const std::vector<Rights>& rights) {
  bool some = false;
  bool all = true;
  for (const Rights& one : rights) {
    const bool sends = one.send.contains(domain);
    const bool receives = one.recv.contains(domain);
    some = some || sends || receives;
    all = all && sends && receives;
  }
  return all ? Reach::kAll : some ? Reach::kPart : Reach::kNone;
}

}  // namespace

UnmatchedReport ReportUnmatched(const sema::Program& program, const ir::Policy& policy,
                                const sepolicy::Policy& base) {
  std::vector<Rights> rights;  // on each type; none where the module alone decides
  const bool by_base =
      program.unmatched == sema::UnmatchedMode::kBase || program.unmatched == sema::UnmatchedMode::kInherit;
  if (by_base) {
    for (const std::string& type : TypesOf(policy)) rights.push_back(RightsOn(base, base.Find(type).id));
  }
  UnmatchedReport report;
  for (const TypeId domain : base.Domains()) {
    const bool sockets = MayOpenSockets(base, domain);
    Reach reach = by_base ? ReachOf(domain, rights) : Reach::kNone;
    if (program.unmatched == sema::UnmatchedMode::kAudit || base.IsPermissive(domain)) reach = Reach::kAll;
    if (reach == Reach::kAll) {
      report.open.push_back(domain);
      report.open_with_sockets += sockets ? 1 : 0;
    } else if (reach == Reach::kPart) {
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
