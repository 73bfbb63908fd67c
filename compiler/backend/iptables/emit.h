#pragma once
// Contract: the iptables-restore files of a policy, IPv4 and IPv6, for `--noflush`. Own chains, one jump from
// each built-in chain. Pure.

#include <vector>

#include "base/output_file.h"
#include "ir/policy.h"

namespace appnet::backend::iptables {

std::vector<base::OutputFile> Emit(const ir::Policy& policy);

}  // namespace appnet::backend::iptables
