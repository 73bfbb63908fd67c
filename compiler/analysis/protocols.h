#pragma once
// Contract: what SELinux calls the sockets of a protocol (Linux security/selinux/hooks.c,
// socket_type_to_security_class), and which protocols a rule's services touch.

#include <set>
#include <string_view>

#include "sema/program.h"

namespace appnet::analysis {

// tcp_socket, udp_socket, ...; rawip_socket for protocols without a class of their own. ICMP has one where
// the policy has the extended socket classes.
std::string_view SocketClassOf(unsigned protocol, const sepolicy::Policy& base);

// Protocols that the rule's services name, over both families. A rule that names more than a handful (`any`)
// gives none: nothing can be said of what its domains will use.
std::set<unsigned> NamedProtocols(const sema::Rule& rule);

// The ports of one protocol among the rule's services, of both families.
flow::IntervalSet PortsOf(const sema::Rule& rule, unsigned protocol);

}  // namespace appnet::analysis
