#include "ir/space.h"

#include "base/ip_address.h"

namespace appnet::ir {

Point PointOf(const flow::Flow& flow) {
  return {flow.interface, flow.out, FamilyValue(flow.family), flow.peer, flow.service, flow.self};
}

Value Space::Maximum(Field field, Family family) const {
  switch (field) {
    case Field::kInterface:
      return interface_classes - 1;
    case Field::kOut:
      return direction == flow::Direction::kForward ? interface_classes - 1 : 0;
    case Field::kFamily:
      return 1;
    case Field::kPeer:
    case Field::kSelf:
      return base::MaxAddress(family);
    case Field::kService:
      return flow::kMaxService;
  }
  return 0;
}

}  // namespace appnet::ir
