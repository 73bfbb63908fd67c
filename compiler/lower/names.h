#pragma once
// Contract: names of our packet types. A class's name depends on its grants alone, so an unrelated rule never
// changes it:
//
//   appnet_mozilla_packet_t                        mozilla_t alone, always, not logged
//   appnet_chromium_mozilla_3fa94b21d0c7_packet_t  two domains; the hash is of the exact grants
//   appnet_mozilla_and_4_more_0c11d2ef9a35_packet_t
//   appnet_unlabeled_forwarded_t                   a forward class of unlabeled_t
//
// No name of one kind can be a name of another: their endings differ, and a domain's own name is hashed too
// where it ends like a hash.

#include <string>
#include <string_view>
#include <vector>

#include "ir/policy.h"

namespace appnet::lower {

inline constexpr std::string_view kUnmatchedType = "appnet_unmatched_t";
inline constexpr std::string_view kForwardUnmatchedType = "appnet_forward_unmatched_t";
inline constexpr std::string_view kTransitType = "appnet_transit_t";

std::string ClassName(const std::vector<ir::Grant>& grants, bool forward, const flow::Conditions& conditions);

}  // namespace appnet::lower
