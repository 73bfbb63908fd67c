#include <algorithm>

#include "analysis/lints.h"

namespace appnet::analysis {

// A policy with `forward` rules is one of a machine that forwards. What its connect rules keep from a domain
// can then leave by another way: from a container, whose traffic is forwarded. Whether a machine forwards
// can't be seen from a policy without such rules.
void WarnForwardLeftOpen(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter) {
  if (program.unmatched_forward != sema::UnmatchedMode::kBase) return;
  const auto first = [&](flow::Direction direction) {
    return std::ranges::find_if(program.rules, [direction](const sema::Rule& rule) {
      return !rule.label && rule.direction == direction;
    });
  };
  const auto forward = first(flow::Direction::kForward);
  const auto connect = first(flow::Direction::kConnect);
  if (forward == program.rules.end() || connect == program.rules.end()) return;
  const auto unlabeled = base.UnlabeledType();
  if (!unlabeled || !base.Allowed(*unlabeled, *unlabeled, "packet", "forward_in").ever ||
      !base.Allowed(*unlabeled, *unlabeled, "packet", "forward_out").ever)
    return;
  emitter
      .Report(diag::Kind::kForwardLeftOpen, forward->origin.span,
              "this machine forwards, and what no `forward` rule matches passes")
      .Label(connect->origin.span, "what this rule keeps from others passes where it is forwarded")
      .Help("`unmatched forward deny;` stops it, `unmatched forward audit;` logs it")
      .Note("traffic of containers and virtual machines is forwarded, not that of a domain");
}

}  // namespace appnet::analysis
