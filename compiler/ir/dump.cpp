#include "ir/dump.h"

#include <fmt/format.h>

#include "ir/boxes.h"

namespace appnet::ir {
namespace {

std::string InterfaceText(const flow::InterfaceClasses& interfaces, const Interval& side) {
  if (side == Interval{0, interfaces.size() - 1}) return "any";
  const auto name = [&](Value id) { return interfaces.NameOf(static_cast<flow::InterfaceClassId>(id)); };
  std::string text = name(side.low);
  for (Value id = side.low + 1; id <= side.high && side.high != side.low; ++id)
    text.append(",").append(name(id));
  return text;
}

std::string AddressText(Family family, const Interval& side) {
  if (side == Interval{0, base::MaxAddress(family)}) return "any";
  return base::FormatAddressRange(family, side);
}

// Within one protocol as the language has it; otherwise the two ends, since the language would list what is
// between.
std::string ServiceText(Family family, const Interval& side) {
  const bool one_protocol = side.low >> 16 == side.high >> 16;
  if (one_protocol || side == Interval{0, flow::kMaxService}) {
    std::string text = flow::FormatService(family, side);
    if (text.find(',') == std::string::npos) return text;
  }
  return flow::FormatService(family, {side.low, side.low}) + ".." +
         flow::FormatService(family, {side.high, side.high});
}

}  // namespace

std::string Dump(const Diagram& diagram, NodeId node, flow::Direction direction,
                 const flow::InterfaceClasses& interfaces, const std::function<std::string(Leaf)>& leaf_text,
                 std::size_t limit) {
  std::string text;
  std::size_t lines = 0;
  ForEachBox(diagram, node, Space{direction, interfaces.size()}, [&](const Box& box) {
    if (box.leaf == 0) return true;
    if (lines++ == limit) {
      text += "and more\n";
      return false;
    }
    text += InterfaceText(interfaces, box[Field::kInterface]);
    if (direction == flow::Direction::kForward) text += " -> " + InterfaceText(interfaces, box[Field::kOut]);
    text +=
        fmt::format(" {} {} {} from {} = {}\n", box.family == Family::kIpv4 ? "ipv4" : "ipv6",
                    AddressText(box.family, box[Field::kPeer]), ServiceText(box.family, box[Field::kService]),
                    AddressText(box.family, box[Field::kSelf]),
                    leaf_text ? leaf_text(box.leaf) : std::to_string(box.leaf));
    return true;
  });
  return text;
}

}  // namespace appnet::ir
