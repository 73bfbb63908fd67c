#pragma once
// Contract: chains that test ICMP types and codes or bare protocols. iptables compares these with single
// values only, so each value that isn't what most are takes a rule of its own: up to 255 in one chain, the
// only ones that grow so long.

#include <vector>

#include "backend/iptables/axis.h"
#include "backend/iptables/chains.h"

namespace appnet::backend::iptables {

struct ServiceTarget {
  netfilter::ServiceBox service;
  Target target = kReturn;
};

// For packets of the family's ICMP.
Target IcmpTypes(Chains& chains, Family family, const std::vector<ServiceTarget>& services, Target below);
// For packets of protocols that have neither ports nor are the family's ICMP.
Target Protocols(Chains& chains, Family family, const std::vector<ServiceTarget>& services, Target below);

}  // namespace appnet::backend::iptables
