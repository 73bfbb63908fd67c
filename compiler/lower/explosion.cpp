#include "lower/explosion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace appnet::lower {
namespace {

using flow::Interval;
using flow::IntervalSet;

constexpr std::size_t kSample = 3000;  // pairs are compared, so this bounds the work

// The hull of a rule in each field of one family.
struct Hull {
  std::uint32_t rule;
  flow::Direction direction;
  bool alive[2] = {false, false};
  std::array<std::array<Interval, 4>, 2> sides;  // by family: interface, peer, service, self
};

Interval HullOf(const IntervalSet& set) { return {set.intervals().front().low, set.intervals().back().high}; }

Hull MakeHull(std::uint32_t index, const sema::Rule& rule) {
  Hull hull{index, rule.direction, {}, {}};
  for (const flow::Family family : flow::kFamilies) {
    if (rule.region.services.of(family).empty()) continue;
    const auto f = static_cast<std::size_t>(family);
    hull.alive[f] = true;
    hull.sides[f] = {HullOf(rule.region.interfaces), HullOf(rule.region.peer.of(family)),
                     HullOf(rule.region.services.of(family)), HullOf(rule.region.self.of(family))};
  }
  return hull;
}

// They overlap, and each is the wider one somewhere.
bool Cross(const Hull& a, const Hull& b) {
  if (a.direction != b.direction) return false;
  for (std::size_t f = 0; f < 2; ++f) {
    if (!a.alive[f] || !b.alive[f]) continue;
    bool overlap = true;
    bool a_wider = false;
    bool b_wider = false;
    for (std::size_t i = 0; i < 4; ++i) {
      const Interval& x = a.sides[f][i];
      const Interval& y = b.sides[f][i];
      overlap = overlap && x.low <= y.high && y.low <= x.high;
      a_wider = a_wider || x.low < y.low || x.high > y.high;
      b_wider = b_wider || y.low < x.low || y.high > x.high;
    }
    if (overlap && a_wider && b_wider) return true;
  }
  return false;
}

}  // namespace

void ReportExplosion(std::string message, const sema::Program& program, const source::SourceMap& sources,
                     diag::Emitter& emitter) {
  std::vector<Hull> hulls;
  const std::size_t stride = std::max<std::size_t>(1, program.rules.size() / kSample);
  for (std::size_t i = 0; i < program.rules.size(); i += stride) {
    hulls.push_back(MakeHull(static_cast<std::uint32_t>(i), program.rules[i]));
  }
  std::vector<std::size_t> crossings(hulls.size(), 0);
  std::vector<std::size_t> partner(hulls.size(), 0);
  for (std::size_t a = 0; a < hulls.size(); ++a) {
    for (std::size_t b = a + 1; b < hulls.size(); ++b) {
      if (!Cross(hulls[a], hulls[b])) continue;
      ++crossings[a];
      ++crossings[b];
      partner[a] = b;
      partner[b] = a;
    }
  }
  std::vector<std::size_t> order(hulls.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return crossings[a] > crossings[b]; });

  const sema::Rule& worst = program.rules[hulls[order[0]].rule];
  diag::Builder report = emitter.Report(diag::Kind::kTooManyClasses, worst.origin.span, std::move(message));
  if (crossings[order[0]] > 0) {
    report.Beside(
        fmt::format("this rule crosses {} of the {} rules looked at", crossings[order[0]], hulls.size()));
  }
  for (std::size_t i = 0; i < order.size() && i < 3; ++i) {
    const std::size_t a = order[i];
    if (crossings[a] == 0) break;
    const sema::Rule& one = program.rules[hulls[a].rule];
    const sema::Rule& other = program.rules[hulls[partner[a]].rule];
    report.Note(fmt::format("`{}` ({}) multiplies with {} rule{}, such as `{}` ({})", one.text,
                            sources.FileLine(one.origin.span), crossings[a], crossings[a] == 1 ? "" : "s",
                            other.text, sources.FileLine(other.origin.span)));
  }
  report.Help(
      "rules multiply when one is wide in addresses and the other in ports: name the services of rules to "
      "`any`, or give "
      "wide port ranges to fewer domains");
}

}  // namespace appnet::lower
