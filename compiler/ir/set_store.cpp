#include "ir/set_store.h"

namespace appnet::ir {
namespace {

constexpr std::size_t kFirstSize = 1U << 6;

std::uint64_t Mix(std::uint64_t hash, base::Value value) {
  const auto low = static_cast<std::uint64_t>(value);
  const auto high = static_cast<std::uint64_t>(value >> 64);
  hash = (hash ^ low) * 0x9e3779b97f4a7c15U;
  hash = (hash ^ hash >> 32 ^ high) * 0xc2b2ae3d27d4eb4fU;
  return hash ^ hash >> 29;
}

std::uint64_t HashOf(const base::IntervalSet& set) {
  std::uint64_t hash = set.size();
  for (const base::Interval& interval : set) hash = Mix(Mix(hash, interval.low), interval.high);
  return hash;
}

}  // namespace

SetStore::SetStore(base::Value maximum) : maximum_(maximum), slots_(kFirstSize, kWhole) {}

SetStore::Id SetStore::Intern(const base::IntervalSet& set) {
  if (set.size() == 1 && set.intervals()[0] == base::Interval{0, maximum_}) return kWhole;
  const std::uint64_t hash = HashOf(set);
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot] != kWhole; slot = (slot + 1) & mask) {
    const Id id = slots_[slot];
    if (hashes_[id] == hash && *sets_[id] == set) return id;
  }
  const Id id = static_cast<Id>(sets_.size());
  sets_.push_back(&set);
  hashes_.push_back(hash);
  slots_[slot] = id;
  if (sets_.size() * 2 > slots_.size()) Grow();
  return id;
}

void SetStore::Grow() {
  slots_.assign(slots_.size() * 4, kWhole);
  const std::size_t mask = slots_.size() - 1;
  for (Id id = 1; id < sets_.size(); ++id) {
    std::size_t slot = hashes_[id] & mask;
    while (slots_[slot] != kWhole) slot = (slot + 1) & mask;
    slots_[slot] = id;
  }
}

}  // namespace appnet::ir
