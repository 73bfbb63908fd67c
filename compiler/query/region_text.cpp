#include "query/region_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace appnet::query {
namespace {

using flow::Direction;
using flow::Family;
using flow::FamilySets;
using flow::InterfaceClass;
using flow::InterfaceClassId;
using flow::Interval;
using flow::IntervalSet;
using Texts = std::vector<std::string>;

constexpr std::size_t kShownMembers = 8;

std::string Union(const Texts& members) {
  std::string text;
  for (std::size_t i = 0; i < members.size() && i < kShownMembers; ++i)
    text += (i == 0 ? "" : ", ") + members[i];
  return members.size() > kShownMembers ? text + ", ..." : text;
}

// As it is, or as what is missing from everything, whichever is shorter.
std::string Shorter(const Texts& members, const Texts& missing) {
  if (missing.empty()) return "any";
  return missing.size() < members.size() ? "any except " + Union(missing) : Union(members);
}

// Both families' members; `any` of the language is of both.
template <typename Write>
std::string FamiliesText(const FamilySets& sets, const FamilySets& everything, const Write& write) {
  Texts members;
  Texts missing;
  for (const Family family : flow::kFamilies) {
    for (const Interval& interval : sets.of(family)) write(family, interval, members);
    for (const Interval& interval : everything.of(family).Subtract(sets.of(family)))
      write(family, interval, missing);
  }
  return Shorter(members, missing);
}

std::string AddressesText(const FamilySets& sets) {
  return FamiliesText(sets, flow::AnyAddress(), [](Family family, const Interval& interval, Texts& texts) {
    texts.push_back(base::FormatAddressRange(family, interval));
  });
}

// Every address of the families that the region has.
bool IsOpen(const flow::AddressSet& set, const flow::ServiceSet& services) {
  return std::ranges::all_of(flow::kFamilies, [&](Family family) {
    return services.of(family).empty() || set.of(family) == flow::AnyAddress().of(family);
  });
}

std::string ServicesText(const flow::ServiceSet& services) {
  const Family family = services.v4.empty() ? Family::kIpv6 : Family::kIpv4;
  FamilySets one;
  FamilySets all;
  one.of(family) = services.of(family);
  all.of(family) = IntervalSet::Of(0, flow::kMaxService);
  return FamiliesText(one, all, [](Family of, const Interval& interval, Texts& texts) {
    // Protocol by protocol, so that a long stretch is not one long word.
    for (flow::Value low = interval.low; low <= interval.high;) {
      const flow::Value end = std::min(interval.high, low | 0xffff);
      texts.push_back(flow::FormatService(of, {low, end}));
      low = end + 1;
    }
  });
}

// Patterns whose union is the set. A wildcard takes narrower patterns in: those outside of the set are taken
// away again.
Texts Patterns(const IntervalSet& set, const flow::InterfaceClasses& classes) {
  Texts patterns;
  for (InterfaceClassId id = 0; id < classes.size(); ++id) {
    if (!set.Contains(flow::Value{id}) || classes[id].kind == InterfaceClass::Kind::kOther) continue;
    std::string pattern = fmt::format("\"{}\"", classes.NameOf(id));
    if (classes[id].kind == InterfaceClass::Kind::kPrefix) {
      Texts inner;
      for (InterfaceClassId other = 0; other < classes.size(); ++other) {
        if (other != id && classes[other].kind != InterfaceClass::Kind::kOther &&
            !set.Contains(flow::Value{other}) && classes[other].text.starts_with(classes[id].text))
          inner.push_back(fmt::format("\"{}\"", classes.NameOf(other)));
      }
      if (!inner.empty()) pattern = fmt::format("({} except {})", pattern, Union(inner));
    }
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

std::string InterfacesText(const IntervalSet& set, const flow::InterfaceClasses& classes) {
  const IntervalSet missing = classes.Any().Subtract(set);
  if (missing.empty()) return "any";
  const bool others = set.Contains(flow::Value{classes.size() - 1});
  return others ? "any except " + Union(Patterns(missing, classes)) : Union(Patterns(set, classes));
}

}  // namespace

std::string RegionText(Direction direction, const flow::Region& region,
                       const flow::InterfaceClasses& interfaces) {
  const bool forward = direction == Direction::kForward;
  std::string text = fmt::format("{} {}", flow::NameOf(direction), ServicesText(region.services));
  // Of one family alone the addresses must say so, once.
  const bool open_self = IsOpen(region.self, region.services);
  const bool open_peer = IsOpen(region.peer, region.services);
  const bool one_family = region.services.v4.empty() || region.services.v6.empty();
  if (forward && !open_self) text += fmt::format(" from {}", AddressesText(region.self));
  if (!open_peer || (one_family && open_self))
    text +=
        fmt::format(" {} {}", direction == Direction::kAccept ? "from" : "to", AddressesText(region.peer));
  if (!forward && !open_self) text += fmt::format(" at {}", AddressesText(region.self));
  const std::string in = InterfacesText(region.interfaces, interfaces);
  const std::string out = forward ? InterfacesText(region.out, interfaces) : "any";
  if (in != "any" || out != "any")
    text += forward ? fmt::format(" via {} -> {}", in, out) : fmt::format(" via {}", in);
  return text;
}

}  // namespace appnet::query
