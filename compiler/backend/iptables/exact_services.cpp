#include "backend/iptables/exact_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace appnet::backend::iptables {
namespace {

constexpr unsigned kValues = 256;  // of a protocol, a type or a code
using ByValue = std::array<Target, kValues>;

ByValue All(Target target) {
  ByValue all;
  all.fill(target);
  return all;
}

void Fill(ByValue& values, const Interval& interval, Target target) {
  std::fill(values.begin() + static_cast<unsigned>(interval.low),
            values.begin() + static_cast<unsigned>(interval.high) + 1, target);
}

Target Commonest(const ByValue& values) {
  std::map<Target, unsigned> count;
  for (const Target target : values) ++count[target];
  const auto most = [](const auto& a, const auto& b) { return a.second < b.second; };
  return std::max_element(count.begin(), count.end(), most)->first;
}

std::string TypeMatch(Family family, unsigned type) {
  return family == Family::kIpv4 ? fmt::format("-p icmp -m icmp --icmp-type {}", type)
                                 : fmt::format("-p ipv6-icmp -m icmp6 --icmpv6-type {}", type);
}

// The kernel takes the type 255 of IPv4's ICMP match for "any", so this one is read from the packet by hand.
constexpr unsigned kAnyIcmpv4 = 255;
std::string CodeMatch(Family family, unsigned type, unsigned code) {
  if (family == Family::kIpv4 && type == kAnyIcmpv4) {
    return fmt::format("-p icmp -m u32 --u32 0>>22&0x3C@0>>16=0x{:X}", type << 8 | code);
  }
  return fmt::format("{}/{}", TypeMatch(family, type), code);
}

}  // namespace

Target IcmpTypes(Chains& chains, Family family, const std::vector<ServiceTarget>& services, Target below) {
  ByValue types = All(below);  // of a type whose codes differ: what most of them are
  std::map<unsigned, ByValue> codes;
  for (const ServiceTarget& service : services) {
    if (service.service.second == Interval{0, kValues - 1}) {
      Fill(types, service.service.first, service.target);
    } else {
      const auto type =
          static_cast<unsigned>(service.service.first.low);  // a product with some codes has one type
      Fill(codes.try_emplace(type, All(below)).first->second, service.service.second, service.target);
    }
  }
  for (const auto& [type, by_code] : codes) types[type] = Commonest(by_code);

  const Target fallback = family == Family::kIpv4 ? types[kAnyIcmpv4] : Commonest(types);
  Draft draft(chains);
  for (unsigned type = 0; type < kValues; ++type) {
    if (const auto split = codes.find(type); split != codes.end()) {
      for (unsigned code = 0; code < kValues; ++code) {
        if (split->second[code] != types[type])
          draft.Goto(CodeMatch(family, type, code), split->second[code]);
      }
    }
    if (types[type] != fallback) draft.Goto(TypeMatch(family, type), types[type]);
  }
  draft.Goto("", fallback);
  return chains.Intern('i', draft);
}

Target Protocols(Chains& chains, Family family, const std::vector<ServiceTarget>& services, Target below) {
  ByValue targets = All(below);
  for (const ServiceTarget& service : services) Fill(targets, service.service.first, service.target);
  const unsigned icmp = family == Family::kIpv4 ? flow::kProtocolIcmp : flow::kProtocolIcmpv6;
  const Target fallback = targets[0];  // "-p 0" means every protocol, so 0 itself is what is left
  Draft draft(chains);
  for (unsigned protocol = 1; protocol < kValues; ++protocol) {
    if (flow::HasPorts(protocol) || protocol == icmp || targets[protocol] == fallback) continue;
    draft.Goto(ProtocolMatch(family, protocol), targets[protocol]);
  }
  draft.Goto("", fallback);
  return chains.Intern('p', draft);
}

}  // namespace appnet::backend::iptables
