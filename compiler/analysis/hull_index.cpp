#include "analysis/hull_index.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace appnet::analysis {
namespace {

using base::Value;

constexpr std::size_t kLeaf = 8;

// A key is one end of one side: even ones are lows, odd ones highs.
Value KeyOf(const Hull& hull, std::size_t key) {
  const base::Interval& side = hull.sides.at(key / 2);
  return key % 2 == 0 ? side.low : side.high;
}

bool Reaches(const Hull& outer, const Hull& inner) {
  for (std::size_t i = 0; i < kHullSides; ++i) {
    if (outer.sides.at(i).low > inner.sides.at(i).low || outer.sides.at(i).high < inner.sides.at(i).high)
      return false;
  }
  return true;
}

}  // namespace

HullIndex::HullIndex(std::vector<Hull> hulls) : hulls_(std::move(hulls)) {
  if (!hulls_.empty()) Build(0, hulls_.size());
}

// Splits where most values differ among a few boxes of the part: sides that all have in common are of no use.
std::size_t HullIndex::Build(std::size_t begin, std::size_t end) {
  const std::size_t id = nodes_.size();
  nodes_.push_back({hulls_[begin], begin, end, 0, 0});
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t side = 0; side < kHullSides; ++side) {
      base::Interval& reach = nodes_[id].reach.sides.at(side);
      reach.low = std::min(reach.low, hulls_[i].sides.at(side).low);
      reach.high = std::max(reach.high, hulls_[i].sides.at(side).high);
    }
  }
  if (end - begin <= kLeaf) return id;
  constexpr std::size_t kSamples = 32;
  const std::size_t step = std::max<std::size_t>(1, (end - begin) / kSamples);
  std::size_t best = 0;
  std::size_t most = 0;
  for (std::size_t key = 0; key < 2 * kHullSides; ++key) {
    std::vector<Value> values;
    for (std::size_t i = begin; i < end; i += step) values.push_back(KeyOf(hulls_[i], key));
    std::ranges::sort(values);
    const auto different =
        static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
    if (different > most) std::tie(best, most) = std::pair(key, different);
  }
  const std::size_t middle = begin + (end - begin) / 2;
  const auto at = [this](std::size_t i) { return hulls_.begin() + static_cast<std::ptrdiff_t>(i); };
  std::nth_element(at(begin), at(middle), at(end),
                   [best](const Hull& a, const Hull& b) { return KeyOf(a, best) < KeyOf(b, best); });
  const std::size_t left = Build(begin, middle);
  const std::size_t right = Build(middle, end);
  nodes_[id].left = left;
  nodes_[id].right = right;
  return id;
}

bool HullIndex::AnyContaining(const Hull& inner,
                              const std::function<bool(std::uint32_t owner)>& wanted) const {
  return !nodes_.empty() && Search(0, inner, wanted);
}

bool HullIndex::Search(std::size_t id, const Hull& inner,
                       const std::function<bool(std::uint32_t)>& wanted) const {
  const Node& node = nodes_[id];
  if (!Reaches(node.reach, inner)) return false;
  if (node.left != 0) return Search(node.left, inner, wanted) || Search(node.right, inner, wanted);
  for (std::size_t i = node.begin; i < node.end; ++i) {
    if (Reaches(hulls_[i], inner) && wanted(hulls_[i].owner)) return true;
  }
  return false;
}

}  // namespace appnet::analysis
