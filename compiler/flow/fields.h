#pragma once
// Contract: the fields of the flow space and sets of their values. A flow is a direction, an interface (two
// for forward), an address family, a peer address, a service and an own address; see docs/meaning.md.
//
// A service is one number of 24 bits: the IP protocol in the upper 8, and below them
//   tcp, udp, dccp, sctp, udplite: the destination port of the packet that opens the flow,
//   icmp (over IPv4), icmpv6 (over IPv6): type * 256 + code,
//   any other protocol: 0, so a bare protocol is the whole range of 65,536 values.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/interval_set.h"
#include "base/ip_address.h"

namespace appnet::flow {

using base::Family;
using base::Interval;
using base::IntervalSet;
using base::Value;

enum class Direction { kConnect, kAccept, kForward };
inline constexpr Direction kDirections[] = {Direction::kConnect, Direction::kAccept, Direction::kForward};
inline constexpr Family kFamilies[] = {Family::kIpv4, Family::kIpv6};
std::string_view NameOf(Direction direction);  // "connect"

inline constexpr unsigned kProtocolIcmp = 1;
inline constexpr unsigned kProtocolTcp = 6;
inline constexpr unsigned kProtocolUdp = 17;
inline constexpr unsigned kProtocolDccp = 33;
inline constexpr unsigned kProtocolIcmpv6 = 58;
inline constexpr unsigned kProtocolSctp = 132;
inline constexpr unsigned kProtocolUdplite = 136;
inline constexpr unsigned kPortProtocols[] = {kProtocolTcp, kProtocolUdp, kProtocolDccp, kProtocolSctp,
                                              kProtocolUdplite};
bool HasPorts(unsigned protocol);

inline constexpr Value kMaxService = 0xffffff;
constexpr Value ServiceValue(unsigned protocol, unsigned detail) { return Value{protocol} << 16 | detail; }

// For each family its own set; an empty member means that no flow of that family is in the set.
struct FamilySets {
  IntervalSet v4;
  IntervalSet v6;
  const IntervalSet& of(Family family) const { return family == Family::kIpv4 ? v4 : v6; }
  IntervalSet& of(Family family) { return family == Family::kIpv4 ? v4 : v6; }
  bool empty() const { return v4.empty() && v6.empty(); }
  FamilySets Union(const FamilySets& other) const { return {v4.Union(other.v4), v6.Union(other.v6)}; }
  FamilySets Subtract(const FamilySets& other) const {
    return {v4.Subtract(other.v4), v6.Subtract(other.v6)};
  }
  friend bool operator==(const FamilySets&, const FamilySets&) = default;
};
struct AddressSet : FamilySets {};
struct ServiceSet : FamilySets {};
AddressSet AnyAddress();
ServiceSet AnyService();

// Interface names fall into classes that no pattern of the policy tells apart. Class 0 is the loopback "lo",
// the last is every name that no pattern mentions. A class is an exact name, or the names that begin with a
// prefix and belong to no narrower class.
struct InterfaceClass {
  enum class Kind { kExact, kPrefix, kOther };
  Kind kind = Kind::kOther;
  std::string text;  // the name, or the prefix without the star; empty for kOther
  friend bool operator==(const InterfaceClass&, const InterfaceClass&) = default;
};
using InterfaceClassId = std::uint32_t;
inline constexpr InterfaceClassId kLoopback = 0;

class InterfaceClasses {
 public:
  InterfaceClasses();  // "lo" and the rest
  // `patterns`: names as written, a trailing star is a wildcard. Classes are ordered: lo, exact names by
  // text, prefixes by text, other.
  explicit InterfaceClasses(const std::vector<std::string>& patterns);

  std::size_t size() const { return classes_.size(); }
  const InterfaceClass& operator[](InterfaceClassId id) const { return classes_[id]; }
  InterfaceClassId ClassOf(std::string_view name) const;
  // The classes a pattern of the constructor stands for. Values of an IntervalSet of classes are
  // InterfaceClassIds.
  IntervalSet Matching(std::string_view pattern) const;
  IntervalSet Any() const { return IntervalSet::Of(0, classes_.size() - 1); }
  // "eth0", "enp*", "(other)"
  std::string NameOf(InterfaceClassId id) const;

 private:
  std::vector<InterfaceClass> classes_;
};

// A box of the flow space with a set for each field. For connect and accept, `interfaces` is the interface,
// `out` is unused (empty), `peer` is the remote and `self` the local address. For forward, `interfaces` and
// `out` are the interfaces, `peer` is the destination and `self` the source.
struct Region {
  IntervalSet interfaces;
  IntervalSet out;
  AddressSet peer;
  AddressSet self;
  ServiceSet services;
};

// One point of the flow space. For connect and accept `out` is 0.
struct Flow {
  Direction direction = Direction::kConnect;
  Family family = Family::kIpv4;
  InterfaceClassId interface = 0;
  InterfaceClassId out = 0;
  Value peer = 0;
  Value self = 0;
  Value service = 0;
};

bool Contains(const Region& region, const Flow& flow);  // the direction is the caller's business

// "tcp/443", "udp/5000-5100", "icmp/echo-request"-less numeric forms "icmp/8:0", "ip/47"; what the language
// accepts.
std::string FormatService(Family family, const Interval& service);

}  // namespace appnet::flow
