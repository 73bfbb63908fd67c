#include "analysis/lints.h"

namespace appnet::analysis {

// `via` was left out, and so the rule governs connections inside the machine too. Most rules do and should,
// which is why the kind is off.
void WarnLoopback(const sema::Program& program, const sepolicy::Policy&, diag::Emitter& emitter) {
  if (emitter.SeverityOf(diag::Kind::kGovernsLoopback) == diag::Severity::kOff) return;
  for (const sema::Rule& rule : program.rules) {
    if (rule.label || rule.direction == flow::Direction::kForward) continue;
    if (!rule.region.interfaces.Contains(flow::kLoopback)) continue;
    if (rule.text.find(" via ") != std::string::npos) continue;
    emitter.Report(diag::Kind::kGovernsLoopback, rule.origin.span, "this rule governs the loopback as well")
        .Help("`via any` says that it is meant, `via any except \"lo\"` leaves the loopback out")
        .Note(
            "over the loopback, and to the machine's own addresses, nobody else may use what the rule "
            "matches");
  }
}

}  // namespace appnet::analysis
