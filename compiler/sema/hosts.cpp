// Addresses, networks and ranges of addresses.

#include <fmt/format.h>

#include <string>

#include "base/ip_address.h"
#include "sema/number.h"
#include "sema/set_items.h"

namespace appnet::sema {
namespace {

using base::Family;
using base::IpAddress;
using diag::Kind;

std::string_view NameOf(Family family) { return family == Family::kIpv4 ? "IPv4" : "IPv6"; }

std::optional<IpAddress> ReadAddress(std::string_view text, source::Span span, diag::Emitter& emitter) {
  const std::optional<IpAddress> address = base::ParseAddress(text);
  if (!address) {
    auto report = emitter.Report(Kind::kBadAddress, span, fmt::format("`{}` is no IP address", text));
    if (text.find(':') == std::string_view::npos) {
      report.Help("an IPv4 address has four numbers from 0 to 255 without leading zeros, like `10.0.0.1`");
    } else {
      report.Help("an IPv6 address has up to eight groups of hex digits, like `2001:db8::1`");
    }
  }
  return address;
}

void AddNetwork(const IpAddress& address, const ast::AddressItem& item, source::Span span,
                diag::Emitter& emitter, Gathered& gathered) {
  const auto bits = static_cast<unsigned>(base::AddressBits(address.family));
  const std::optional<unsigned> prefix = ParseNumber(*item.prefix, bits);
  if (!prefix) {
    emitter
        .Report(Kind::kBadPrefix, SpanOfPart(span, item.first, *item.prefix),
                fmt::format("`{}` is no prefix length", *item.prefix))
        .Help(fmt::format("an {} network has a prefix length from 0 to {}, without leading zeros",
                          NameOf(address.family), bits));
    gathered.failed = true;
    return;
  }
  const base::Value all = base::MaxAddress(address.family);
  const base::Value host_bits = *prefix == 0 ? all : (base::Value{1} << (bits - *prefix)) - 1;
  if ((address.value & host_bits) != 0) {
    const IpAddress network{address.family, address.value & ~host_bits};
    emitter
        .Report(Kind::kHostBitsSet, span,
                fmt::format("`{}/{}` has bits set beyond its prefix length", item.first, *prefix))
        .Help(fmt::format("the network is `{}/{}`, the host alone `{}`", base::FormatAddress(network),
                          *prefix, base::FormatAddress(address)));
    gathered.failed = true;
    return;
  }
  gathered.of(address.family).push_back({address.value, address.value | host_bits});
}

void AddRange(const IpAddress& first, const ast::AddressItem& item, source::Span span, diag::Emitter& emitter,
              Gathered& gathered) {
  const std::optional<IpAddress> last =
      ReadAddress(*item.last, SpanOfPart(span, item.first, *item.last), emitter);
  gathered.failed = true;
  if (!last) return;
  if (first.family != last->family) {
    emitter
        .Report(Kind::kMixedFamilies, span,
                fmt::format("the range begins with an {} address and ends with an {} one",
                            NameOf(first.family), NameOf(last->family)))
        .Help("write one range for each family, with a comma between them");
    return;
  }
  if (first.value > last->value) {
    emitter.Report(Kind::kReversedRange, span, "the range ends before it begins")
        .Help(fmt::format("write `{}-{}`", base::FormatAddress(*last), base::FormatAddress(first)));
    return;
  }
  gathered.failed = false;
  gathered.of(first.family).push_back({first.value, last->value});
}

}  // namespace

void AddAddress(const ast::AddressItem& item, source::Span span, diag::Emitter& emitter, Gathered& gathered) {
  const std::optional<IpAddress> first =
      ReadAddress(item.first, SpanOfPart(span, item.first, item.first), emitter);
  if (!first) {
    gathered.failed = true;
    return;
  }
  if (item.prefix) {
    AddNetwork(*first, item, span, emitter, gathered);
  } else if (item.last) {
    const bool failed = gathered.failed;
    AddRange(*first, item, span, emitter, gathered);
    gathered.failed = gathered.failed || failed;
  } else {
    gathered.of(first->family).push_back({first->value, first->value});
  }
}

}  // namespace appnet::sema
