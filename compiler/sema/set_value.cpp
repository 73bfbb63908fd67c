#include "sema/set_value.h"

#include <utility>

namespace appnet::sema {

void Gathered::Add(const SetValue& value) {
  v4.insert(v4.end(), value.families.v4.begin(), value.families.v4.end());
  v6.insert(v6.end(), value.families.v6.begin(), value.families.v6.end());
  plain.insert(plain.end(), value.plain.begin(), value.plain.end());
}

SetValue Gathered::Collect() && {
  SetValue value;
  value.families.v4 = flow::IntervalSet(std::move(v4));
  value.families.v6 = flow::IntervalSet(std::move(v6));
  value.plain = flow::IntervalSet(std::move(plain));
  return value;
}

}  // namespace appnet::sema
