// A service interval in the language's own words. One interval may cover the end of one protocol, some whole
// ones and the start of another; each gives members of a comma-separated set.

#include <fmt/format.h>

#include <algorithm>

#include "flow/fields.h"

namespace appnet::flow {
namespace {

constexpr unsigned kLastDetail = 0xffff;
constexpr unsigned kCodes = 256;

void Add(std::string& text, std::string_view member) {
  if (!text.empty()) text += ", ";
  text += member;
}

std::string_view PortProtocolName(unsigned protocol) {
  switch (protocol) {
    case kProtocolTcp:
      return "tcp";
    case kProtocolUdp:
      return "udp";
    case kProtocolDccp:
      return "dccp";
    case kProtocolSctp:
      return "sctp";
    default:
      return "udplite";
  }
}

// The language has no ranges of ICMP types, so whole types and single codes are listed.
void AddIcmp(std::string& text, std::string_view name, unsigned low, unsigned high) {
  if (low == 0 && high == kLastDetail) {
    Add(text, fmt::format("{}/*", name));
    return;
  }
  for (unsigned detail = low; detail <= high;) {
    const unsigned type = detail / kCodes;
    if (detail % kCodes == 0 && detail + kCodes - 1 <= high) {
      Add(text, fmt::format("{}/{}", name, type));
      detail += kCodes;
    } else {
      Add(text, fmt::format("{}/{}:{}", name, type, detail % kCodes));
      ++detail;
    }
  }
}

void AddProtocol(std::string& text, Family family, unsigned protocol, unsigned low, unsigned high) {
  if (HasPorts(protocol)) {
    const std::string_view name = PortProtocolName(protocol);
    if (low == 0 && high == kLastDetail) {
      Add(text, fmt::format("{}/*", name));
    } else if (low == high) {
      Add(text, fmt::format("{}/{}", name, low));
    } else {
      Add(text, fmt::format("{}/{}-{}", name, low, high));
    }
  } else if (family == Family::kIpv4 && protocol == kProtocolIcmp) {
    AddIcmp(text, "icmp", low, high);
  } else if (family == Family::kIpv6 && protocol == kProtocolIcmpv6) {
    AddIcmp(text, "icmpv6", low, high);
  } else {
    // Flows of a bare protocol all have detail 0, the sets cover the whole range: both read the same.
    Add(text, fmt::format("ip/{}", protocol));
  }
}

}  // namespace

std::string FormatService(Family family, const Interval& service) {
  if (service.low == 0 && service.high == kMaxService) return "any";
  const auto low = static_cast<unsigned>(service.low);
  const auto high = static_cast<unsigned>(service.high);
  std::string text;
  for (unsigned protocol = low >> 16; protocol <= high >> 16; ++protocol) {
    const unsigned first = std::max(low, protocol << 16) & kLastDetail;
    const unsigned last = std::min(high, protocol << 16 | kLastDetail) & kLastDetail;
    AddProtocol(text, family, protocol, first, last);
  }
  return text;
}

}  // namespace appnet::flow
