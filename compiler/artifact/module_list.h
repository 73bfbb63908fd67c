#pragma once
// Contract: modules-load.conf, the kernel modules that the generated rules use, read off their text. Where
// the kernel may not load modules by itself (hardened images), rules fail without it. Each backend's modules
// stand in a section of their own, which `make install` picks from: a module that the kernel lacks would fail
// systemd-modules-load.service.

#include <string>
#include <string_view>

namespace appnet::artifact {

// Empty texts stand for a backend that was not asked for.
std::string ModuleList(std::string_view nft_rules, std::string_view iptables_rules_v4,
                       std::string_view iptables_rules_v6);

}  // namespace appnet::artifact
