#pragma once
// Contract: walks the set bits of libsepol's bitmaps. Reads the nodes alone, not the length the bitmap claims
// to have, so a damaged policy can at most yield a bit that the caller has to refuse.

#include <bit>
#include <cstdint>

#include "sepolicy/libsepol.h"

namespace appnet::sepolicy {

template <typename Visit>
void ForEachBit(const ebitmap_t& bitmap, Visit visit) {
  for (const ebitmap_node_t* node = bitmap.node; node != nullptr; node = node->next) {
    for (std::uint64_t rest = node->map; rest != 0; rest &= rest - 1) {
      visit(std::uint64_t{node->startbit} + static_cast<std::uint64_t>(std::countr_zero(rest)));
    }
  }
}

inline bool HasBit(const ebitmap_t& bitmap, std::uint64_t bit) {
  bool found = false;
  ForEachBit(bitmap, [&](std::uint64_t set) { found = found || set == bit; });
  return found;
}

}  // namespace appnet::sepolicy
