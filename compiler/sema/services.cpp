// Protocols with their ports or ICMP messages.

#include <fmt/format.h>

#include <array>
#include <vector>

#include "diag/suggest.h"
#include "sema/icmp_types.h"
#include "sema/number.h"
#include "sema/set_items.h"

namespace appnet::sema {
namespace {

using diag::Kind;
using flow::Family;
using flow::ServiceValue;

constexpr unsigned kMaxPort = 65535;
constexpr unsigned kMaxByte = 255;

struct PortProtocol {
  std::string_view name;
  unsigned number;
};
constexpr std::array<PortProtocol, 5> kPortProtocols = {{{"tcp", flow::kProtocolTcp},
                                                         {"udp", flow::kProtocolUdp},
                                                         {"sctp", flow::kProtocolSctp},
                                                         {"dccp", flow::kProtocolDccp},
                                                         {"udplite", flow::kProtocolUdplite}}};

struct Reading {
  const ast::ServiceItem& item;
  source::Span span;
  diag::Emitter& emitter;
  Gathered& gathered;

  diag::Builder Fail(Kind kind, std::string message) const { return FailAt(kind, span, std::move(message)); }
  // The part alone is wrong.
  diag::Builder FailIn(Kind kind, std::string_view part, std::string message) const {
    return FailAt(kind, SpanOfPart(span, item.protocol, part), std::move(message));
  }

 private:
  diag::Builder FailAt(Kind kind, source::Span place, std::string message) const {
    gathered.failed = true;
    return emitter.Report(kind, place, std::move(message));
  }
};

void AddPorts(const Reading& read, unsigned protocol) {
  const ast::ServiceItem& item = read.item;
  const auto add = [&](unsigned low, unsigned high) {
    for (const Family family : flow::kFamilies) {
      read.gathered.of(family).push_back({ServiceValue(protocol, low), ServiceValue(protocol, high)});
    }
  };
  if (item.code) {
    read.Fail(Kind::kBadPort, fmt::format("`{}` has ports and no codes", item.protocol))
        .Help(fmt::format("a range of ports is written with a hyphen, like `{}/80-443`", item.protocol));
    return;
  }
  if (item.first == "*" && !item.last) return add(0, kMaxPort);
  const auto port = [&](std::string_view text) {
    const std::optional<unsigned> value = ParseNumber(text, kMaxPort);
    if (!value) {
      read.FailIn(Kind::kBadPort, text, fmt::format("`{}` is no port number", text))
          .Help(IsDecimal(text) ? "a port is a number from 0 to 65535, without leading zeros"
                                : "a port is a number from 0 to 65535, or `*` for all of them; the name of a "
                                  "service stands alone");
    }
    return value;
  };
  const std::optional<unsigned> first = port(item.first);
  if (!first) return;
  const std::optional<unsigned> last = item.last ? port(*item.last) : first;
  if (!last) return;
  if (*first > *last) {
    read.Fail(Kind::kReversedRange, "the range of ports ends before it begins")
        .Help(fmt::format("write `{}/{}-{}`", item.protocol, *last, *first));
    return;
  }
  add(*first, *last);
}

void AddIcmp(const Reading& read, Family family) {
  const ast::ServiceItem& item = read.item;
  const unsigned protocol = family == Family::kIpv4 ? flow::kProtocolIcmp : flow::kProtocolIcmpv6;
  if (item.last) {
    read.Fail(Kind::kBadIcmpType, "ICMP types have no ranges")
        .Help("name each type, with commas between them");
    return;
  }
  if (item.first == "*") {
    if (item.code) {
      read.Fail(Kind::kBadIcmpType, "a code belongs to one ICMP type, and `*` is all of them")
          .Help(fmt::format("write `{}/TYPE:{}` with the type's number or name", item.protocol, *item.code));
      return;
    }
    read.gathered.of(family).push_back({ServiceValue(protocol, 0), ServiceValue(protocol, 0xffff)});
    return;
  }
  std::optional<unsigned> type = ParseNumber(item.first, kMaxByte);
  std::optional<unsigned> code;
  if (!type) {
    const std::optional<IcmpMessage> message = FindIcmpMessage(family, item.first);
    if (!message) {
      std::vector<std::string_view> names;
      for (const IcmpMessage& known : IcmpMessages(family)) names.push_back(known.name);
      auto report = read.FailIn(
          Kind::kBadIcmpType, item.first,
          fmt::format("`{}` is no {} type", item.first, family == Family::kIpv4 ? "ICMP" : "ICMPv6"));
      const Family other = family == Family::kIpv4 ? Family::kIpv6 : Family::kIpv4;
      if (FindIcmpMessage(other, item.first)) {
        report.Help(fmt::format("it is a type of `{}`", family == Family::kIpv4 ? "icmpv6" : "icmp"));
      } else if (const auto near = diag::Nearest(item.first, names)) {
        report.DidYouMean(*near);
      } else {
        report.Help("a type is a number from 0 to 255 or a name such as `echo-request`");
      }
      return;
    }
    type = message->type;
    code = message->code;
  }
  if (item.code) {
    if (code) {
      read.Fail(Kind::kBadIcmpType,
                fmt::format("`{}` is type {} with code {} already", item.first, *type, *code))
          .Help(
              fmt::format("write `{0}/{1}` or `{0}/{2}:{3}`", item.protocol, item.first, *type, *item.code));
      return;
    }
    code = ParseNumber(*item.code, kMaxByte);
    if (!code) {
      read.FailIn(Kind::kBadIcmpType, *item.code, fmt::format("`{}` is no ICMP code", *item.code))
          .Help("a code is a number from 0 to 255");
      return;
    }
  }
  const unsigned low = *type * 256 + code.value_or(0);
  const unsigned high = *type * 256 + code.value_or(kMaxByte);
  read.gathered.of(family).push_back({ServiceValue(protocol, low), ServiceValue(protocol, high)});
}

void AddProtocol(const Reading& read) {
  const ast::ServiceItem& item = read.item;
  const std::optional<unsigned> number = ParseNumber(item.first, kMaxByte);
  if (!number || item.last || item.code) {
    auto report = read.Fail(Kind::kBadProtocol, fmt::format("`ip/` wants one protocol number from 0 to 255"));
    if (item.first == "*") {
      report.Help("write `any` for every protocol");
    } else if (item.last) {
      report.Help("name each protocol, with commas between them");
    } else {
      report.Help("the numbers are those of /etc/protocols: `ip/47` is GRE");
    }
    return;
  }
  for (const Family family : flow::kFamilies) {
    read.gathered.of(family).push_back({ServiceValue(*number, 0), ServiceValue(*number, 0xffff)});
  }
}

}  // namespace

void AddService(const ast::ServiceItem& item, source::Span span, diag::Emitter& emitter, Gathered& gathered) {
  const Reading read{item, span, emitter, gathered};
  for (const PortProtocol& protocol : kPortProtocols) {
    if (protocol.name == item.protocol) return AddPorts(read, protocol.number);
  }
  if (item.protocol == "icmp") return AddIcmp(read, Family::kIpv4);
  if (item.protocol == "icmpv6") return AddIcmp(read, Family::kIpv6);
  if (item.protocol == "ip") return AddProtocol(read);
  std::vector<std::string_view> known{"icmp", "icmpv6", "ip"};
  for (const PortProtocol& protocol : kPortProtocols) known.push_back(protocol.name);
  auto report =
      read.FailIn(Kind::kBadProtocol, item.protocol, fmt::format("unknown protocol `{}`", item.protocol));
  if (const auto near = diag::Nearest(item.protocol, known)) {
    report.DidYouMean(*near);
  } else {
    report.Help(
        "a protocol without a name here is written by its number: `ip/47`; the name of a service "
        "stands alone");
  }
}

}  // namespace appnet::sema
