#pragma once
// Contract: which fields of a packet a look-up reads, as iptables options: the table of the six look-ups in
// ../README.md.

#include <string_view>
#include <tuple>

#include "backend/netfilter/cover.h"

namespace appnet::backend::iptables {

struct Reading {
  flow::Direction direction = flow::Direction::kConnect;
  netfilter::Orientation orientation = netfilter::Orientation::kThere;
  // The server's address and port are those of the connection's reply tuple: a translated connection's answer
  // on lo.
  bool translated = false;

  bool operator<(const Reading& other) const {
    return std::tie(direction, orientation, translated) <
           std::tie(other.direction, other.orientation, other.translated);
  }
};

struct PacketFields {
  std::string_view interface, out;  // "-i" or "-o"; `out` for forward only
  bool peer_is_source = false;      // the other address is the own one
  bool port_is_source = false;
  bool translated = false;
};
PacketFields FieldsOf(const Reading& reading);

}  // namespace appnet::backend::iptables
