#include <fmt/format.h>

#include "analysis/lints.h"

namespace appnet::analysis {
namespace {

// Types that open a flow for connection tracking, or that it leaves alone (Linux nf_conntrack_proto_icmp.c,
// valid_new; for ICMPv6 noct_valid_new too). Any other type is an answer, an error of another flow, or
// invalid.
bool OpensFlow(flow::Family family, unsigned type) {
  if (family == flow::Family::kIpv4) return type == 8 || type == 13 || type == 15 || type == 17;
  return type == 128 || type == 139 || (type >= 130 && type <= 137) || type == 143;
}

}  // namespace

void WarnInvalidIcmp(const sema::Program& program, const sepolicy::Policy&, diag::Emitter& emitter) {
  for (const sema::Rule& rule : program.rules) {
    for (const flow::Family family : flow::kFamilies) {
      const unsigned protocol = family == flow::Family::kIpv4 ? flow::kProtocolIcmp : flow::kProtocolIcmpv6;
      const flow::IntervalSet whole =
          flow::IntervalSet::Of(flow::ServiceValue(protocol, 0), flow::ServiceValue(protocol, 0xffff));
      const flow::IntervalSet services = rule.region.services.of(family).Intersect(whole);
      bool opens = services.empty();
      for (const flow::Interval& interval : services) {
        const auto low = static_cast<unsigned>(interval.low & 0xffff) >> 8;
        const auto high = static_cast<unsigned>(interval.high & 0xffff) >> 8;
        for (unsigned type = low; type <= high; ++type) opens = opens || OpensFlow(family, type);
      }
      if (opens) continue;
      emitter
          .Report(
              diag::Kind::kInvalidIcmpFlow, rule.origin.span,
              fmt::format("these {} types open no flow", family == flow::Family::kIpv4 ? "ICMP" : "ICMPv6"))
          .Note(
              "connection tracking takes such packets for answers or errors of other flows, which carry "
              "those flows' labels, or for invalid, "
              "which carry the unmatched label");
    }
  }
}

}  // namespace appnet::analysis
