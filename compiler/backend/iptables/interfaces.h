#pragma once
// Contract: a function of the interface's class as chains that test the interface's name.

#include <string_view>
#include <vector>

#include "backend/iptables/chains.h"
#include "flow/fields.h"

namespace appnet::backend::iptables {

// Where a look-up is used: with packets of lo alone, with those of other interfaces, or with any.
enum class Place { kLoopback, kElsewhere, kAnywhere };

// The answer is at most so much higher than the highest target.
unsigned InterfaceLevels(const flow::InterfaceClasses& classes);

// `targets` by class; `option` is "-i" or "-o". kElsewhere: what lo has doesn't matter.
Target DispatchInterface(Chains& chains, const flow::InterfaceClasses& classes, std::string_view option,
                         const std::vector<Target>& targets, Place place);

}  // namespace appnet::backend::iptables
