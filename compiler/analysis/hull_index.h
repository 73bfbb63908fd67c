#pragma once
// Contract: boxes, and which of them contain a box: a k-d tree over both ends of every side. A question
// visits only parts of the tree where some box reaches as far as the one that is asked for in every
// direction, so among boxes that differ it takes about the logarithm of their number.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "base/interval_set.h"

namespace appnet::analysis {

inline constexpr std::size_t kHullSides = 5;

struct Hull {
  std::array<base::Interval, kHullSides> sides;
  std::uint32_t owner = 0;  // what the box stands for
};

class HullIndex {
 public:
  explicit HullIndex(std::vector<Hull> hulls);

  // The owners of the boxes that contain `inner`, itself among them, until `wanted` says true.
  bool AnyContaining(const Hull& inner, const std::function<bool(std::uint32_t owner)>& wanted) const;

 private:
  struct Node {
    Hull reach;  // on each side the lowest low and the highest high below
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t left = 0;  // 0: a leaf
    std::size_t right = 0;
  };
  std::size_t Build(std::size_t begin, std::size_t end);
  bool Search(std::size_t node, const Hull& inner, const std::function<bool(std::uint32_t)>& wanted) const;

  std::vector<Hull> hulls_;
  std::vector<Node> nodes_;
};

}  // namespace appnet::analysis
