// `label TYPE` and `as TYPE`: single types of the base policy.

#include <fmt/format.h>

#include "diag/suggest.h"
#include "sema/domains.h"

namespace appnet::sema {
namespace {

using diag::Kind;
using sepolicy::NameLookup;

enum class Wanted { kPacket, kPeer };

std::optional<sepolicy::TypeId> FindType(const ast::Name& name, Wanted wanted, ModuleId from,
                                         const Names& names, const Inputs& inputs) {
  if (name.text.empty()) return std::nullopt;
  const sepolicy::Policy& policy = inputs.policy;
  const NameLookup found = policy.Find(name.text);
  if (found.kind == NameLookup::Kind::kType) return found.id;
  if (found.kind == NameLookup::Kind::kAttribute) {
    inputs.emitter
        .Report(Kind::kAttributeNotType, name.span,
                fmt::format("`{}` is an attribute, and {} has one type", name.text,
                            wanted == Wanted::kPacket ? "a packet" : "a peer"))
        .Help("name one of its types");
    return std::nullopt;
  }
  const Lookup lookup = names.Find(from, name.text);
  if (lookup.first) {
    names.ReportWrongKind(*lookup.first, name.span, "a type of the base policy");
    return std::nullopt;
  }
  if (lookup.incomplete) return std::nullopt;
  std::vector<std::string_view> candidates;
  for (const std::string_view other : policy.AllNames()) {
    const NameLookup known = policy.Find(other);
    if (known.kind != NameLookup::Kind::kType) continue;
    if (wanted == Wanted::kPacket && policy.IsDomain(known.id)) continue;
    candidates.push_back(other);
  }
  auto report = inputs.emitter.Report(Kind::kUnknownType, name.span,
                                      fmt::format("unknown SELinux type `{}`", name.text));
  report.Beside(fmt::format("not in the policy `{}`", policy.name()));
  if (const auto near = diag::Nearest(name.text, candidates)) report.DidYouMean(*near);
  return std::nullopt;
}

}  // namespace

bool MayBePeer(sepolicy::TypeId type, const sepolicy::Policy& policy) {
  return policy.IsDomain(type) || policy.UnlabeledType() == type ||
         !policy.Holders(type, "peer", "recv").empty();
}

std::optional<sepolicy::TypeId> FindPacketType(const ast::Name& name, ModuleId from, const Names& names,
                                               const Inputs& inputs) {
  const std::optional<sepolicy::TypeId> type = FindType(name, Wanted::kPacket, from, names, inputs);
  if (type && inputs.policy.IsDomain(*type)) {
    inputs.emitter
        .Report(Kind::kWrongNameKind, name.span,
                fmt::format("`{}` is a domain, and a packet type is wanted here", name.text))
        .Help("`label` names the type that packets carry, such as `http_client_packet_t`");
    return std::nullopt;
  }
  return type;
}

std::optional<sepolicy::TypeId> FindPeerType(const ast::Name& name, ModuleId from, const Names& names,
                                             const Inputs& inputs) {
  const std::optional<sepolicy::TypeId> type = FindType(name, Wanted::kPeer, from, names, inputs);
  if (type && !MayBePeer(*type, inputs.policy)) {
    inputs.emitter.Report(Kind::kNotADomain, name.span, fmt::format("the type `{}` is no domain", name.text))
        .Beside("no process has this type, and no peer")
        .Help(
            "`as` names the label of the peers, which is a domain or a type that somebody may receive from");
    return std::nullopt;
  }
  return type;
}

}  // namespace appnet::sema
