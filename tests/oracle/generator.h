#pragma once
// Contract: random appnet policies as text, from a small universe so that rules overlap often. The same seed
// gives the same text. Needs the reference policy for its names.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace appnet::oracle {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }
  bool Percent(unsigned chance) { return Below(100) < chance; }
  std::uint64_t Bits() { return engine_(); }
  template <typename Container>
  const auto& Pick(const Container& container) {
    return container[Below(container.size())];
  }

 private:
  std::mt19937_64 engine_;  // the standard fixes its sequence
};

struct PolicyShape {
  unsigned rules = 8;
  bool forward = true;
  unsigned values = 0;      // more addresses and ports at random, so that tables get deep
  unsigned assertions = 0;  // true or false, as it happens
};

std::string GeneratePolicy(Random& random, const PolicyShape& shape);

}  // namespace appnet::oracle
