#include "ir/leaf_sets.h"

#include <algorithm>
#include <iterator>

namespace appnet::ir {
namespace {

constexpr std::size_t kFirstSize = 1U << 8;

std::uint32_t HashOf(std::span<const SetElement> elements) {
  std::uint64_t hash = elements.size();
  for (const SetElement element : elements) {
    hash = (hash ^ element) * 0x9e3779b97f4a7c15U;
    hash ^= hash >> 32;
  }
  return static_cast<std::uint32_t>(hash);
}

}  // namespace

LeafSets::LeafSets(Diagram& diagram)
    : union_operation_{diagram.FreshOperation(), kEmptySet, true, true}, slots_(kFirstSize, kEmptySet) {}

LeafSetId LeafSets::Intern(std::span<const SetElement> elements) {
  if (elements.empty()) return kEmptySet;
  const std::uint32_t hash = HashOf(elements);
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] != kEmptySet; slot = (slot + 1) & mask) {
    const LeafSetId id = slots_[slot];
    if (hashes_[id] == hash && std::ranges::equal(Elements(id), elements)) return id;
  }
  const auto id = static_cast<LeafSetId>(size());
  elements_.insert(elements_.end(), elements.begin(), elements.end());
  starts_.push_back(elements_.size());
  hashes_.push_back(hash);
  slots_[slot] = id;
  if (size() * 2 > slots_.size()) Grow();
  return id;
}

LeafSetId LeafSets::Union(LeafSetId a, LeafSetId b) {
  if (a == b || b == kEmptySet) return a;
  if (a == kEmptySet) return b;
  const auto left = Elements(a);
  const auto right = Elements(b);
  merged_.clear();
  std::ranges::set_union(left, right, std::back_inserter(merged_));
  if (merged_.size() == left.size()) return a;
  if (merged_.size() == right.size()) return b;
  return Intern(merged_);
}

void LeafSets::Grow() {
  slots_.assign(slots_.size() * 4, kEmptySet);
  const std::size_t mask = slots_.size() - 1;
  for (LeafSetId id = 1; id < size(); ++id) {
    std::size_t slot = hashes_[id] & mask;
    while (slots_[slot] != kEmptySet) slot = (slot + 1) & mask;
    slots_[slot] = id;
  }
}

NodeId UnionOf(Diagram& diagram, LeafSets& sets, NodeId a, NodeId b) {
  return diagram.Apply(sets.union_operation(), a, b, [&](Leaf left, Leaf right) {
    const LeafSetId both = sets.Union(left, right);
    diagram.Spend(sets.Elements(left).size() + sets.Elements(right).size());
    if (sets.element_total() > diagram.budget().set_elements) diagram.GiveUp();
    return both;
  });
}

}  // namespace appnet::ir
