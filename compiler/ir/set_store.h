#pragma once
// Contract: small ids for interval sets of one universe; equal sets have equal ids, and id 0 is the whole
// universe. Remembers the caller's sets by address: they must outlive the store.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/interval_set.h"

namespace appnet::ir {

class SetStore {
 public:
  using Id = std::uint32_t;
  static constexpr Id kWhole = 0;

  explicit SetStore(base::Value maximum);

  Id Intern(const base::IntervalSet& set);
  // Not for kWhole.
  const base::IntervalSet& operator[](Id id) const { return *sets_[id]; }
  base::Value maximum() const { return maximum_; }

 private:
  void Grow();

  base::Value maximum_;
  std::vector<const base::IntervalSet*> sets_{nullptr};
  std::vector<std::uint64_t> hashes_{0};
  std::vector<Id> slots_;  // open addressing; kWhole is a free slot
};

}  // namespace appnet::ir
