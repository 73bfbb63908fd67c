#pragma once
// Contract: how the manifest calls the kinds of labels.

#include <array>
#include <string_view>
#include <utility>

#include "ir/policy.h"

namespace appnet::artifact {

inline constexpr std::array<std::pair<ir::LabelKind, std::string_view>, 8> kLabelKinds{{
    {ir::LabelKind::kClass, "class"},
    {ir::LabelKind::kForwardClass, "forward-class"},
    {ir::LabelKind::kBase, "base"},
    {ir::LabelKind::kUnmatchedAudit, "unmatched-audit"},
    {ir::LabelKind::kUnmatchedDeny, "unmatched-deny"},
    {ir::LabelKind::kForwardAudit, "forward-audit"},
    {ir::LabelKind::kForwardDeny, "forward-deny"},
    {ir::LabelKind::kTransit, "transit"},
}};

}  // namespace appnet::artifact
