#pragma once
// Contract: the names of ICMP messages, those of nft and of iptables.

#include <optional>
#include <string_view>
#include <vector>

#include "flow/fields.h"

namespace appnet::sema {

struct IcmpMessage {
  std::string_view name;
  unsigned type;
  std::optional<unsigned> code;  // when the name stands for one code of its type
};

// Of icmp for IPv4, of icmpv6 for IPv6.
const std::vector<IcmpMessage>& IcmpMessages(flow::Family family);
std::optional<IcmpMessage> FindIcmpMessage(flow::Family family, std::string_view name);

}  // namespace appnet::sema
