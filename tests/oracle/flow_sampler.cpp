#include <algorithm>

#include "oracle/conversations.h"

namespace appnet::oracle {
namespace {

void AddEdges(std::vector<Value>& values, const base::IntervalSet& set, Value most) {
  for (const base::Interval& interval : set) {
    values.push_back(interval.low);
    values.push_back(interval.high);
    if (interval.low > 0) values.push_back(interval.low - 1);
    if (interval.high < most) values.push_back(interval.high + 1);
  }
}

void Tidy(std::vector<Value>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// "any other protocol: 0": their lower bits never differ, so one value of each stands for all.
void DropImpossible(std::vector<Value>& services, Family family) {
  std::erase_if(services, [&](Value service) {
    const auto protocol = static_cast<unsigned>(service >> 16);
    return !CarriesPorts(protocol) && !CarriesIcmp(family, protocol) && (service & 0xffff) != 0;
  });
}

Value Inside(const base::IntervalSet& set, Random& random) {
  const base::Interval& interval = set.intervals()[random.Below(set.size())];
  const std::size_t kind = random.Below(3);
  if (kind == 0) return interval.low;
  if (kind == 1) return interval.high;
  const Value span = interval.high - interval.low;
  const Value bits = Value{random.Bits()} << 64 | random.Bits();
  return interval.low + (span == ~Value{0} ? bits : bits % (span + 1));
}

}  // namespace

FlowSampler::FlowSampler(const ReferenceEvaluator& reference, Random& random)
    : program_(reference.program()), random_(random) {
  v4_ = {0, base::MaxAddress(Family::kIpv4)};
  v6_ = {0, base::MaxAddress(Family::kIpv6)};
  services4_ = services6_ = {Value{kTcp} << 16 | 80,
                             Value{kIcmp} << 16 | 0x800,
                             Value{kIcmpv6} << 16 | 0x8000,
                             Value{47} << 16,
                             Value{kUdp} << 16 | 53,
                             Value{kSctp} << 16 | 600,
                             0};
  for (const sema::Rule& rule : program_.rules) {
    for (const flow::AddressSet* set : {&rule.region.peer, &rule.region.self}) {
      AddEdges(v4_, set->v4, base::MaxAddress(Family::kIpv4));
      AddEdges(v6_, set->v6, base::MaxAddress(Family::kIpv6));
    }
    AddEdges(services4_, rule.region.services.v4, flow::kMaxService);
    AddEdges(services6_, rule.region.services.v6, flow::kMaxService);
  }
  if (program_.unmatched == sema::UnmatchedMode::kInherit) {
    for (const sepolicy::PortLabel& entry : reference.base().PortLabels()) {
      const Value first = Value{entry.protocol} << 16;
      AddEdges(more4_, base::IntervalSet::Of(first | entry.low, first | entry.high), flow::kMaxService);
    }
  }
  for (const unsigned protocol : {kTcp, kUdp, kDccp, kSctp, kUdplite}) {
    for (const unsigned port : {0U, 1U, 79U, 443U, 65534U, 65535U})
      more4_.push_back(Value{protocol} << 16 | port);
  }
  for (const unsigned protocol : {0U, 2U, 4U, 41U, 47U, 50U, 88U, 255U})
    more4_.push_back(Value{protocol} << 16);
  more6_ = more4_;
  for (const unsigned code : {0U, 1U, 254U, 255U}) {
    for (const unsigned type : {0U, 3U, 8U, 13U, 14U, 15U, 16U, 17U, 18U, 255U}) {
      more4_.push_back(Value{kIcmp} << 16 | type << 8 | code);
    }
    for (const unsigned type : {1U, 128U, 129U, 135U, 139U, 140U})
      more6_.push_back(Value{kIcmpv6} << 16 | type << 8 | code);
  }
  DropImpossible(services4_, Family::kIpv4);
  DropImpossible(services6_, Family::kIpv6);
  for (auto* values : {&v4_, &v6_, &services4_, &services6_}) Tidy(*values);
}

flow::Flow FlowSampler::Sample(flow::Direction direction) {
  flow::Flow flow;
  flow.direction = direction;
  flow.family = random_.Percent(60) ? Family::kIpv4 : Family::kIpv6;
  flow.peer = random_.Pick(Addresses(flow.family));
  flow.self = random_.Pick(Addresses(flow.family));
  flow.service = random_.Percent(30) ? random_.Pick(flow.family == Family::kIpv4 ? more4_ : more6_)
                                     : random_.Pick(Services(flow.family));
  flow.interface = static_cast<flow::InterfaceClassId>(random_.Below(program_.interfaces.size()));
  if (direction == flow::Direction::kForward) {
    flow.out = static_cast<flow::InterfaceClassId>(random_.Below(program_.interfaces.size()));
  }
  std::vector<const sema::Rule*> rules;
  for (const sema::Rule& rule : program_.rules) {
    if (rule.direction == direction) rules.push_back(&rule);
  }
  if (rules.empty() || random_.Percent(15)) return flow;
  // inside a rule, but for a field here and there
  const flow::Region& region = random_.Pick(rules)->region;
  if (region.peer.of(flow.family).empty() || region.self.of(flow.family).empty() ||
      region.services.of(flow.family).empty()) {
    flow.family = flow.family == Family::kIpv4 ? Family::kIpv6 : Family::kIpv4;
    flow.peer = random_.Pick(Addresses(flow.family));
    flow.self = random_.Pick(Addresses(flow.family));
    flow.service = random_.Pick(Services(flow.family));
  }
  const auto take = [&](Value& field, const base::IntervalSet& set) {
    if (!set.empty() && !random_.Percent(12)) field = Inside(set, random_);
  };
  take(flow.peer, region.peer.of(flow.family));
  take(flow.self, region.self.of(flow.family));
  take(flow.service, region.services.of(flow.family));
  if (random_.Percent(20)) flow.service = random_.Pick(flow.family == Family::kIpv4 ? more4_ : more6_);
  Value interface = flow.interface, out = flow.out;
  take(interface, region.interfaces);
  take(out, region.out);
  flow.interface = static_cast<flow::InterfaceClassId>(interface);
  flow.out = static_cast<flow::InterfaceClassId>(out);
  const auto protocol = static_cast<unsigned>(flow.service >> 16);
  if (!CarriesPorts(protocol) && !CarriesIcmp(flow.family, protocol)) flow.service = Value{protocol} << 16;
  return flow;
}

}  // namespace appnet::oracle
