#include "backend/iptables/reading.h"

namespace appnet::backend::iptables {

PacketFields FieldsOf(const Reading& reading) {
  const bool there = reading.orientation == netfilter::Orientation::kThere;
  PacketFields fields;
  fields.port_is_source = !there;
  fields.translated = reading.translated;
  switch (reading.direction) {
    case flow::Direction::kConnect:
      fields.interface = there ? "-o" : "-i";
      fields.peer_is_source = !there;
      break;
    case flow::Direction::kAccept:
      fields.interface = there ? "-i" : "-o";
      fields.peer_is_source = there;
      break;
    case flow::Direction::kForward:
      fields.interface = there ? "-i" : "-o";
      fields.out = there ? "-o" : "-i";
      fields.peer_is_source = !there;
      break;
  }
  return fields;
}

}  // namespace appnet::backend::iptables
