#include "verify/rules/flow_text.h"

#include <fmt/format.h>

namespace appnet::verify::rules {
namespace {

std::string ServiceText(const Reading& reading, Family family, Value service) {
  const auto protocol = static_cast<unsigned>(service >> 16);
  if (reading.back && protocol == IcmpOf(family)) {
    const auto type = static_cast<unsigned>(service >> 8 & 0xff);
    const std::optional<unsigned> request = RequestOf(family, type);
    if (!request) return fmt::format("ICMP of type {}, which answers nothing,", type);
    service = flow::ServiceValue(protocol, *request << 8 | static_cast<unsigned>(service & 0xff));
  }
  return flow::FormatService(family, {service, service});
}

}  // namespace

std::string FlowText(const FlowSpace& space, const Reading& reading, const FlowSpace::Difference& difference,
                     std::optional<Family> family) {
  const auto tested = [&](Field field) { return difference.tested[ir::IndexOf(field)]; };
  const auto value = [&](Field field) { return difference.point[ir::IndexOf(field)]; };
  const auto interface = [&](Field field) {
    return tested(field) ? space.interfaces().NameOf(static_cast<flow::InterfaceClassId>(value(field)))
                         : std::string("*");
  };
  if (tested(Field::kFamily)) family = value(Field::kFamily) == 0 ? Family::kIpv4 : Family::kIpv6;
  const Family known = family.value_or(Family::kIpv4);
  const auto address = [&](Field field) { return base::FormatAddress({known, value(field)}); };
  const bool forward = reading.direction == flow::Direction::kForward;

  std::string text(flow::NameOf(reading.direction));
  text +=
      tested(Field::kService) ? " " + ServiceText(reading, known, value(Field::kService)) : " of any service";
  if (forward && tested(Field::kSelf)) text += " from " + address(Field::kSelf);
  if (tested(Field::kPeer))
    text += (reading.direction == flow::Direction::kAccept ? " from " : " to ") + address(Field::kPeer);
  if (!forward && tested(Field::kSelf)) text += " at " + address(Field::kSelf);
  if (forward && (tested(Field::kInterface) || tested(Field::kOut))) {
    text += fmt::format(" via \"{}\" -> \"{}\"", interface(Field::kInterface), interface(Field::kOut));
  } else if (tested(Field::kInterface)) {
    text += fmt::format(" via \"{}\"", interface(Field::kInterface));
  }
  if (family && !tested(Field::kPeer) && !tested(Field::kSelf))
    text += known == Family::kIpv4 ? " over IPv4" : " over IPv6";
  return text;
}

std::string LabelText(const FlowSpace& space, Leaf leaf) {
  if (leaf == kNothing) return "nothing";
  if (leaf == kGarbage) return "whatever stands where its protocol has no such field";
  const std::string& context = space.ContextOf(leaf);
  std::string_view type = context;
  for (int i = 0; i < 2 && type.find(':') != std::string_view::npos; ++i)
    type.remove_prefix(type.find(':') + 1);
  return fmt::format("`{}`", type.substr(0, type.find(':')));
}

}  // namespace appnet::verify::rules
