#pragma once
// Contract: results of an operation by its two operands; open addressing, no allocation per entry. A cache:
// at its greatest size it forgets everything and starts again, so that it never outgrows the diagram it
// serves.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace appnet::ir {

class Memo {
 public:
  static constexpr std::size_t kFirstSize = 1U << 10;
  // No value: kUnknown.
  static constexpr std::uint32_t kUnknown = ~std::uint32_t{0};
  static constexpr std::size_t kGreatestSize = 1U << 23;  // slots, 16 bytes each

  // `greatest_size`: a power of two, at least kFirstSize.
  explicit Memo(std::size_t greatest_size = kGreatestSize) : greatest_size_(greatest_size) {}

  std::uint32_t Find(std::uint32_t a, std::uint32_t b) const {
    if (slots_.empty()) return kUnknown;
    const std::uint64_t key = Key(a, b);
    for (std::size_t i = Home(key);; i = (i + 1) & mask_) {
      if (slots_[i].value == kUnknown) return kUnknown;
      if (slots_[i].key == key) return slots_[i].value;
    }
  }

  // (a, b) must not be in the table; `value` is not kUnknown.
  void Insert(std::uint32_t a, std::uint32_t b, std::uint32_t value) {
    if (used_ * 3 >= slots_.size() * 2) Grow();
    Place({Key(a, b), value});
    ++used_;
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t value = kUnknown;
  };
  static std::uint64_t Key(std::uint32_t a, std::uint32_t b) { return std::uint64_t{a} << 32 | b; }
  std::size_t Home(std::uint64_t key) const {
    key *= 0x9e3779b97f4a7c15U;
    return static_cast<std::size_t>(key ^ key >> 32) & mask_;
  }
  void Place(const Slot& slot) {
    std::size_t i = Home(slot.key);
    while (slots_[i].value != kUnknown) i = (i + 1) & mask_;
    slots_[i] = slot;
  }
  void Grow() {
    const std::vector<Slot> old = std::move(slots_);
    const bool start_again = old.size() >= greatest_size_;
    slots_.assign(start_again ? kFirstSize : old.empty() ? kFirstSize : old.size() * 4, {});
    mask_ = slots_.size() - 1;
    if (start_again) {
      used_ = 0;
      return;
    }
    for (const Slot& slot : old) {
      if (slot.value != kUnknown) Place(slot);
    }
  }

  std::size_t greatest_size_;
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t used_ = 0;
};

}  // namespace appnet::ir
