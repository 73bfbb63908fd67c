#pragma once
// Contract: what each hook does, by ../README.md: the tables mangle and security of one family, as
// iptables-restore text from
// "*mangle" to "COMMIT".

#include <string>

#include "backend/iptables/lookups.h"

namespace appnet::backend::iptables {

std::string MangleTable(const ir::Policy& policy, Family family);
std::string SecurityTable(const ir::Policy& policy, Family family);

}  // namespace appnet::backend::iptables
