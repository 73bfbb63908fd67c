#pragma once
// Contract: `unmatched inherit`: the base policy's own convention for packet types, read from its portcon
// entries. Port type X_port_t stands for X_client_packet_t (connect) and X_server_packet_t (accept) where
// these exist. Of several entries for a port the first in the policy's order is the one, as in the kernel
// (security_port_sid).

#include <vector>

#include "flow/fields.h"
#include "sepolicy/policy.h"

namespace appnet::lower {

struct InheritedType {
  flow::IntervalSet services;
  sepolicy::TypeId type;
};

// Disjoint, in order of first appearance; services without such a type are in none.
std::vector<InheritedType> InheritedTypes(const sepolicy::Policy& base, flow::Direction direction);

}  // namespace appnet::lower
