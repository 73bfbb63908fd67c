#include "analysis/lints.h"
#include "analysis/protocols.h"

namespace appnet::analysis {
namespace {

constexpr unsigned kEchoRequest = 8;          // RFC 792
constexpr unsigned kEchoRequestIcmpv6 = 128;  // RFC 4443

bool Accepts(const sema::Rule& rule, flow::Family family, unsigned protocol, unsigned type) {
  return rule.region.services.of(family).Intersects(flow::IntervalSet::Of(
      flow::ServiceValue(protocol, type * 256), flow::ServiceValue(protocol, type * 256 + 255)));
}

}  // namespace

// The kernel answers an echo request itself; no socket gets it, so no domain is asked.
void WarnPing(const sema::Program& program, const sepolicy::Policy&, diag::Emitter& emitter) {
  for (const sema::Rule& rule : program.rules) {
    if (rule.label || rule.direction != flow::Direction::kAccept || NamedProtocols(rule).empty()) continue;
    if (!Accepts(rule, flow::Family::kIpv4, flow::kProtocolIcmp, kEchoRequest) &&
        !Accepts(rule, flow::Family::kIpv6, flow::kProtocolIcmpv6, kEchoRequestIcmpv6))
      continue;
    emitter
        .Report(diag::Kind::kKernelAnswersPing, rule.origin.span,
                "the kernel answers pings, whatever this rule says")
        .Help("leave it out; a packet filter, or `net.ipv4.icmp_echo_ignore_all`, keeps a machine silent")
        .Note(
            "no socket receives an echo request, so no domain is asked; domains with raw sockets see a copy, "
            "which the rule grants");
  }
}

}  // namespace appnet::analysis
