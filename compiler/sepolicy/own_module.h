#pragma once
// Contract: how a module of ours marks what it brings, so that a later build recognises it in a base policy
// and leaves it out of account (see Policy). All of it hangs on three attributes:
//   - every type of ours carries kOwnAttribute;
//   - a rule on a base type has kKernelAttribute or kLoaderAttribute for its source;
//   - a boolean of ours conditions, alone, an auditallow rule from kKernelAttribute on kOwnAttribute. (The
//     kernel relabels no packets, so nothing is ever logged.)

#include <string>
#include <string_view>

namespace appnet::sepolicy {

inline constexpr std::string_view kOwnAttribute = "appnet_packet_type";
inline constexpr std::string_view kKernelAttribute = "appnet_kernel";  // the kernel's type
inline constexpr std::string_view kLoaderAttribute = "appnet_loader";  // the domains that load rules

// A policy's CIL as PolicyToCil writes it, without what a module of ours brought: a new one can be compiled
// onto the rest.
std::string WithoutOwnModule(std::string_view cil);

// Whether the CIL text is a module of ours: it declares our attribute.
bool IsOwnModule(std::string_view cil);

}  // namespace appnet::sepolicy
