#pragma once
// Contract: the fields in the order diagrams test them, and how far each reaches in one direction's flow
// space.

#include <array>
#include <cstddef>
#include <cstdint>

#include "flow/fields.h"

namespace appnet::ir {

using flow::Family;
using flow::Interval;
using flow::IntervalSet;
using flow::Value;

enum class Field : std::uint8_t { kInterface, kOut, kFamily, kPeer, kService, kSelf };
inline constexpr int kFieldCount = 6;
constexpr std::size_t IndexOf(Field field) { return static_cast<std::size_t>(field); }

// A value for each field, by IndexOf. The family is 0 for IPv4, 1 for IPv6.
using Point = std::array<Value, kFieldCount>;
constexpr Value FamilyValue(Family family) { return family == Family::kIpv4 ? 0 : 1; }
Point PointOf(const flow::Flow& flow);

struct Space {
  flow::Direction direction = flow::Direction::kConnect;
  std::size_t interface_classes = 2;

  // The greatest value. kOut is the single value 0 for connect and accept; addresses depend on the family.
  Value Maximum(Field field, Family family) const;
};

}  // namespace appnet::ir
