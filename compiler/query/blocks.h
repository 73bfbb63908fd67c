#pragma once
// Contract: where a diagram has one leaf, as few boxes. Where it is cut into more pieces than a person would
// read, the boxes found first are given and the rest is left out.

#include <array>
#include <cstddef>
#include <vector>

#include "ir/boxes.h"

namespace appnet::query {

// A box of one family with a set for each field.
struct Block {
  flow::Family family = flow::Family::kIpv4;
  std::array<flow::IntervalSet, ir::kFieldCount> sides;
};

inline constexpr std::size_t kMostPieces = 20'000;

Block BlockOf(const ir::Box& box);
// Blocks that differ in one field alone become one. They stay disjoint.
void Merge(std::vector<Block>& blocks);
// One region of each family, joined where interfaces and services are the same.
std::vector<flow::Region> JoinFamilies(const std::vector<Block>& blocks, bool forward);

// Whether some flow is in both; directions are the caller's business.
bool Intersect(const flow::Region& a, const flow::Region& b);

}  // namespace appnet::query
