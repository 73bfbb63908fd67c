#include "flow/fields.h"

#include <algorithm>

namespace appnet::flow {

std::string_view NameOf(Direction direction) {
  switch (direction) {
    case Direction::kConnect:
      return "connect";
    case Direction::kAccept:
      return "accept";
    case Direction::kForward:
      return "forward";
  }
  return "";
}

bool HasPorts(unsigned protocol) {
  return std::find(std::begin(kPortProtocols), std::end(kPortProtocols), protocol) !=
         std::end(kPortProtocols);
}

AddressSet AnyAddress() {
  AddressSet any;
  for (const Family family : kFamilies) any.of(family) = IntervalSet::Of(0, base::MaxAddress(family));
  return any;
}

ServiceSet AnyService() {
  ServiceSet any;
  for (const Family family : kFamilies) any.of(family) = IntervalSet::Of(0, kMaxService);
  return any;
}

bool Contains(const Region& region, const Flow& flow) {
  return region.interfaces.Contains(flow.interface) &&
         (region.out.empty() || region.out.Contains(flow.out)) &&
         region.peer.of(flow.family).Contains(flow.peer) && region.self.of(flow.family).Contains(flow.self) &&
         region.services.of(flow.family).Contains(flow.service);
}

}  // namespace appnet::flow
