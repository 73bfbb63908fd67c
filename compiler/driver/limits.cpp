#include "driver/limits.h"

#include <fmt/format.h>

#include "backend/iptables/limits.h"

namespace appnet::driver {
namespace {

using diag::Kind;

// nft's secmark objects hold as much as the SECMARK target.
void ReportContext(const sema::Program& program, const ir::Label& label, diag::Emitter& emitter) {
  const std::string message =
      fmt::format("the context of packet type `{}` has {} bytes, and netfilter takes 255", label.type,
                  label.context.size());
  const std::string help = "packets need a type with a shorter name, or a shorter level in the base policy";
  if (label.rules.empty()) {
    emitter.Report(Kind::kTooLongContext, message).Help(help);
  } else {
    emitter.Report(Kind::kTooLongContext, program.rules[label.rules.front()].origin.span, message)
        .Beside("carried by what this rule matches")
        .Help(help);
  }
}

bool Names(const sema::Program& program, const flow::IntervalSet& interfaces, flow::InterfaceClassId id) {
  return interfaces.Contains(id) && !(interfaces == program.interfaces.Any());
}

void ReportPlusName(const sema::Program& program, const std::string& name, diag::Emitter& emitter) {
  for (const sema::Rule& rule : program.rules) {
    for (flow::InterfaceClassId id = 0; id < program.interfaces.size(); ++id) {
      const bool here = Names(program, rule.region.interfaces, id) || Names(program, rule.region.out, id);
      if (!here || program.interfaces.NameOf(id) != name) continue;
      emitter
          .Report(
              Kind::kPlusInterface, rule.origin.span,
              fmt::format("iptables can't name the interface `{}`: it takes the `+` for a wildcard", name))
          .Beside("speaks of this interface")
          .Help("rename the interface, or build for nftables alone with `--backend nft`");
      return;
    }
  }
}

}  // namespace

void ReportLimits(const sema::Program& program, const ir::Policy& policy, const Options& options,
                  diag::Emitter& emitter) {
  for (const ir::LabelId label : backend::iptables::TooLong(policy))
    ReportContext(program, policy.labels[label], emitter);
  if (!options.iptables) return;
  for (const std::string& name : backend::iptables::PlusNames(policy)) ReportPlusName(program, name, emitter);
}

}  // namespace appnet::driver
