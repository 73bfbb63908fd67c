#pragma once
// Contract: the words of NAME.flows (flow_table.h) that its writer and its reader share.

#include <array>
#include <string_view>

#include "ir/space.h"

namespace appnet::artifact {

inline constexpr std::string_view kFlowsFirstLine = "appnet flows 1";
// By ir::Field.
inline constexpr std::array<std::string_view, ir::kFieldCount> kFieldWords = {
    "interface-class", "out", "family", "peer", "service", "self"};

}  // namespace appnet::artifact
