#include "query/flow_text.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "base/check.h"

namespace appnet::query {
namespace {

using flow::Direction;
using flow::Family;
using flow::Interval;
using flow::IntervalSet;
using flow::Value;
using ir::Field;

// What a person takes for an ordinary value, where there is a choice: addresses of documentation (RFC 5737,
// RFC 3849), a web server, a ping.
Value Ordinary(Field field, Family family, const IntervalSet& choice) {
  const auto address = [](std::string_view text) { return base::ParseAddress(text)->value; };
  std::vector<Value> wishes;
  if (field == Field::kService) {
    const unsigned ping = family == Family::kIpv4 ? flow::ServiceValue(flow::kProtocolIcmp, 8 << 8)
                                                  : flow::ServiceValue(flow::kProtocolIcmpv6, 128 << 8);
    wishes = {flow::ServiceValue(flow::kProtocolTcp, 443), flow::ServiceValue(flow::kProtocolUdp, 53), ping};
  } else if (field == Field::kPeer) {
    wishes = {address(family == Family::kIpv4 ? "192.0.2.1" : "2001:db8::1")};
  } else {
    wishes = {address(family == Family::kIpv4 ? "198.51.100.1" : "2001:db8:1::1")};
  }
  for (const Value wish : wishes) {
    if (choice.Contains(wish)) return wish;
  }
  // Nor is the address of a network ordinary.
  const Interval& first = choice.intervals().front();
  const bool of_address = field != Field::kService;
  return of_address && first.low % 2 == 0 && first.low < first.high ? first.low + 1 : first.low;
}

// A name of the class that is in no narrower one.
std::string NameIn(const flow::InterfaceClasses& classes, flow::InterfaceClassId id) {
  const flow::InterfaceClass& one = classes[id];
  if (one.kind == flow::InterfaceClass::Kind::kExact) return one.text;
  std::vector<std::string> stems{one.text};
  if (one.kind == flow::InterfaceClass::Kind::kOther) {
    stems = {"eth", "net"};
    for (char letter = 'a'; letter <= 'z'; ++letter) stems.emplace_back(1, letter);
  }
  for (const std::string& stem : stems) {
    for (std::size_t number = 0; number <= classes.size(); ++number) {
      std::string name = fmt::format("{}{}", stem, number);
      if (name.size() <= 15 && classes.ClassOf(name) == id) return name;
    }
  }
  return classes.NameOf(id);
}

class Writer {
 public:
  Writer(Direction direction, const flow::Region& region, const ir::Way& way,
         const flow::InterfaceClasses& interfaces)
      : direction_(direction), region_(region), way_(way), interfaces_(interfaces) {
    family_ = way.family;
    if (!Matters(Field::kPeer) && !Matters(Field::kSelf)) {
      // Nothing would tell the family, which may be what makes the difference.
      const bool one_family = region.services.v4.empty() || region.services.v6.empty();
      show_peer_ = way.Tested(Field::kFamily) || one_family;
    }
  }

  Example Write() {
    Example example;
    flow::Flow& flow = example.flow;
    flow.direction = direction_;
    flow.family = family_;
    flow.service = Ordinary(Field::kService, family_, Choice(Field::kService));
    flow.peer = Ordinary(Field::kPeer, family_, Choice(Field::kPeer));
    flow.self = Ordinary(Field::kSelf, family_, Choice(Field::kSelf));
    flow.interface = Interface(Field::kInterface);
    flow.out = direction_ == Direction::kForward ? Interface(Field::kOut) : 0;
    APPNET_CHECK(flow::Contains(region_, flow), "an example outside of its region");
    example.text = Text(flow);
    return example;
  }

 private:
  const IntervalSet& Of(Field field) const {
    switch (field) {
      case Field::kInterface:
        return region_.interfaces;
      case Field::kOut:
        return region_.out;
      case Field::kPeer:
        return region_.peer.of(family_);
      case Field::kService:
        return region_.services.of(family_);
      default:
        return region_.self.of(family_);
    }
  }

  IntervalSet Choice(Field field) const {
    return way_.Tested(field) ? IntervalSet({way_[field]}) : Of(field);
  }

  bool Open(Field field) const {
    switch (field) {
      case Field::kInterface:
      case Field::kOut:
        return Of(field) == interfaces_.Any();
      case Field::kService:
        return Of(field) == IntervalSet::Of(0, flow::kMaxService);
      default:
        return Of(field) == IntervalSet::Of(0, base::MaxAddress(family_));
    }
  }

  bool Matters(Field field) const { return way_.Tested(field) || !Open(field); }

  // Not the loopback, where another will do.
  flow::InterfaceClassId Interface(Field field) const {
    const IntervalSet choice = Choice(field);
    const Value last = choice.intervals().back().high;
    return static_cast<flow::InterfaceClassId>(last != flow::kLoopback ? last : flow::kLoopback);
  }

  std::string Service(Value service) const {
    if (!Matters(Field::kService)) return "any";
    return flow::FormatService(family_, {service, service});
  }

  std::string Address(std::string_view word, Value address) const {
    return fmt::format(" {} {}", word, base::FormatAddress({family_, address}));
  }

  std::string Text(const flow::Flow& flow) const {
    const bool forward = direction_ == Direction::kForward;
    std::string text = fmt::format("{} {}", flow::NameOf(direction_), Service(flow.service));
    if (forward && Matters(Field::kSelf)) text += Address("from", flow.self);
    if (Matters(Field::kPeer) || show_peer_)
      text += Address(direction_ == Direction::kAccept ? "from" : "to", flow.peer);
    if (!forward && Matters(Field::kSelf)) text += Address("at", flow.self);
    if (Matters(Field::kInterface) || (forward && Matters(Field::kOut))) {
      text += fmt::format(" via \"{}\"", NameIn(interfaces_, flow.interface));
      if (forward) text += fmt::format(" -> \"{}\"", NameIn(interfaces_, flow.out));
    }
    return text;
  }

  Direction direction_;
  const flow::Region& region_;
  const ir::Way& way_;
  const flow::InterfaceClasses& interfaces_;
  Family family_ = Family::kIpv4;
  bool show_peer_ = false;
};

}  // namespace

Example ExampleOf(Direction direction, const flow::Region& region, const ir::Way& way,
                  const flow::InterfaceClasses& interfaces) {
  return Writer(direction, region, way, interfaces).Write();
}

}  // namespace appnet::query
