#pragma once
// Contract: what a set of the language stands for, whatever its kind, and how its members are gathered: all
// intervals first, sorted once.

#include <optional>
#include <vector>

#include "flow/fields.h"

namespace appnet::sema {

struct SetValue {
  flow::FamilySets families;  // hosts: addresses; services: service values
  flow::IntervalSet plain;    // interfaces: classes; domains: types. They have no family
  bool empty() const { return families.empty() && plain.empty(); }
};

// No value: something in the set is wrong and was reported; whoever needs the value says nothing more.
using MaybeSet = std::optional<SetValue>;

struct Gathered {
  std::vector<flow::Interval> v4, v6, plain;
  bool failed = false;  // something was wrong
  bool fixed = true;    // means the same wherever it is used: no template parameter in it

  std::vector<flow::Interval>& of(flow::Family family) { return family == flow::Family::kIpv4 ? v4 : v6; }
  void Add(const SetValue& value);
  SetValue Collect() &&;
};

}  // namespace appnet::sema
