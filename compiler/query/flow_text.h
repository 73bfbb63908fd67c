#pragma once
// Contract: one flow of a region in the language's own words, `connect tcp/443 to 10.0.0.1 via "eth0"`, such
// that the sentence can be asked again. Parts that make no difference to the flow's label are left out where
// the region leaves them open.

#include <string>

#include "flow/fields.h"
#include "ir/region_walk.h"

namespace appnet::query {

struct Example {
  flow::Flow flow;
  std::string text;
};

// `way` must be one inside the region.
Example ExampleOf(flow::Direction direction, const flow::Region& region, const ir::Way& way,
                  const flow::InterfaceClasses& interfaces);

}  // namespace appnet::query
