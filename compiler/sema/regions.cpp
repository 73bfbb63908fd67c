#include "sema/regions.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

namespace appnet::sema {
namespace {

using flow::Family;
using flow::Region;

constexpr std::size_t kShownUses = 3;

// One of the three fields that have families, with where it was written.
struct Part {
  flow::FamilySets* sets;
  std::string words;  // "the hosts of `to`"
  const std::optional<ast::Set>* written;
};

std::string FamiliesOf(const flow::FamilySets& sets) { return sets.v6.empty() ? "IPv4 only" : "IPv6 only"; }

void ReportEmpty(const std::array<Part, 3>& parts, const std::vector<source::Span>& used_at,
                 diag::Emitter& emitter) {
  // Parts of one family: two at least, and all of them written.
  std::vector<std::pair<source::Span, std::string>> limits;
  for (const Part& part : parts) {
    const bool both = !part.sets->v4.empty() && !part.sets->v6.empty();
    if (!both && part.written->has_value())
      limits.emplace_back((*part.written)->span,
                          fmt::format("{} are {}", part.words, FamiliesOf(*part.sets)));
  }
  auto report = emitter.Report(diag::Kind::kEmptyRule, limits.front().first,
                               "the rule can match no flow: its parts have no address family in common");
  report.Beside(limits.front().second);
  for (std::size_t i = 1; i < limits.size(); ++i) report.Label(limits[i].first, limits[i].second);
  for (std::size_t i = 0; i < used_at.size() && i < kShownUses; ++i) report.Label(used_at[i], "used here");
  report.Help("name services and hosts of one family, or of both; `icmp` is IPv4 and `icmpv6` is IPv6");
}

}  // namespace

flow::Direction DirectionOf(ast::RuleKind kind) {
  switch (kind) {
    case ast::RuleKind::kConnect:
      return flow::Direction::kConnect;
    case ast::RuleKind::kAccept:
      return flow::Direction::kAccept;
    case ast::RuleKind::kForward:
      break;
  }
  return flow::Direction::kForward;
}

std::optional<Region> RegionOf(const ast::Rule& rule, const Place& place,
                               const std::vector<source::Span>& used_at, const Sets& sets,
                               const flow::InterfaceClasses& classes, diag::Emitter& emitter) {
  if (!rule.services) return std::nullopt;  // a syntax error
  bool good = true;
  const auto families = [&](const std::optional<ast::Set>& set, NameKind kind) -> flow::FamilySets {
    if (!set) return flow::AnyAddress();
    const MaybeSet value = sets.Evaluate(*set, kind, place);
    good = good && value;
    return value ? value->families : flow::FamilySets{};
  };
  const auto interfaces = [&](const std::optional<ast::Set>& set) -> flow::IntervalSet {
    if (!set) return classes.Any();
    const MaybeSet value = sets.Evaluate(*set, NameKind::kInterface, place);
    good = good && value;
    return value ? value->plain : flow::IntervalSet{};
  };
  const bool forward = rule.kind == ast::RuleKind::kForward;
  const bool peer_is_to = rule.kind != ast::RuleKind::kAccept;
  const std::optional<ast::Set>& peer = peer_is_to ? rule.to : rule.from;
  const std::optional<ast::Set>& self = forward ? rule.from : rule.at;

  Region region;
  static_cast<flow::FamilySets&>(region.services) = families(rule.services, NameKind::kService);
  static_cast<flow::FamilySets&>(region.peer) = families(peer, NameKind::kHost);
  static_cast<flow::FamilySets&>(region.self) = families(self, NameKind::kHost);
  region.interfaces = interfaces(rule.via);
  if (forward) region.out = interfaces(rule.via_out);
  if (!good) return std::nullopt;

  const std::array<Part, 3> parts = {
      {{&region.services, "the services", &rule.services},
       {&region.peer, fmt::format("the hosts of `{}`", peer_is_to ? "to" : "from"), &peer},
       {&region.self, fmt::format("the hosts of `{}`", forward ? "from" : "at"), &self}}};
  bool alive_anywhere = false;
  for (const Family family : flow::kFamilies) {
    bool alive = true;
    for (const Part& part : parts) alive = alive && !part.sets->of(family).empty();
    alive_anywhere = alive_anywhere || alive;
  }
  if (!alive_anywhere) {
    ReportEmpty(parts, used_at, emitter);
    return std::nullopt;
  }
  for (const Family family : flow::kFamilies) {
    bool alive = true;
    for (const Part& part : parts) alive = alive && !part.sets->of(family).empty();
    if (alive) continue;
    for (const Part& part : parts) part.sets->of(family) = {};
  }
  return region;
}

}  // namespace appnet::sema
