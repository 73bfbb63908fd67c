#include "tools/examples/judge.h"

#include <algorithm>

namespace appnet::test {
namespace {

// The booleans as the line sets them, the others at their defaults.
std::map<std::string, bool> BooleansFor(const ir::Policy& policy, const sepolicy::Policy& base,
                                        const ExpectedFlow& expected) {
  std::map<std::string, bool> values;
  for (const auto& declared : policy.booleans) values[declared.name] = declared.value;
  for (const std::string& name : policy.required_booleans) {
    if (const auto id = base.FindBoolean(name)) values[name] = base.BooleanDefault(*id);
  }
  for (const auto& [name, value] : expected.booleans) values[name] = value;
  return values;
}

bool BaseAllows(const sepolicy::Policy& base, const std::string& domain, const std::string& type,
                std::string_view permission) {
  const sepolicy::NameLookup source = base.Find(domain);
  const sepolicy::NameLookup target = base.Find(type);
  return source.kind == sepolicy::NameLookup::Kind::kType &&
         target.kind == sepolicy::NameLookup::Kind::kType &&
         base.Allowed(source.id, target.id, "packet", permission).at_defaults;
}

bool EveryDomainMay(const ir::Policy& policy, const std::string& domain) {
  return policy.all_domains.empty() ||
         std::ranges::find(policy.all_domains, domain) != policy.all_domains.end();
}

}  // namespace

Judgement Judge(const ir::Policy& policy, const sepolicy::Policy& base, const ExpectedFlow& expected) {
  const bool forward = expected.direction == flow::Direction::kForward;
  const flow::Flow flow = {.direction = expected.direction,
                           .family = expected.family,
                           .interface = policy.interfaces.ClassOf(expected.interface),
                           .out = forward ? policy.interfaces.ClassOf(expected.out) : 0,
                           .peer = expected.peer,
                           .self = expected.self,
                           .service = expected.service};
  const ir::Label& label = policy.labels[ir::LabelOf(policy, flow)];
  Judgement judgement{.type = label.type};
  if (!label.own) {
    judgement.inbound = BaseAllows(base, expected.domain, label.type, forward ? "forward_in" : "recv");
    judgement.outbound = BaseAllows(base, expected.domain, label.type, forward ? "forward_out" : "send");
    return judgement;
  }
  const std::map<std::string, bool> booleans = BooleansFor(policy, base, expected);
  const bool granted =
      label.kind == ir::LabelKind::kUnmatchedAudit
          ? EveryDomainMay(policy, expected.domain)
          : std::ranges::any_of(label.grants, [&](const ir::Grant& grant) {
              return grant.domain == expected.domain && policy.conditions.Holds(grant.allowed, booleans);
            });
  judgement.inbound = judgement.outbound = granted;
  if (!forward && expected.domain == policy.kernel_type) judgement.outbound = true;
  return judgement;
}

}  // namespace appnet::test
