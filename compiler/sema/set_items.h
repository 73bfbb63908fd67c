#pragma once
// Contract: one item of a set as written, to its members. Each reports what is wrong with the item and then
// marks the gathering as failed.

#include <cstdint>
#include <string_view>

#include "ast/ast.h"
#include "sema/inputs.h"
#include "sema/set_value.h"

namespace appnet::sema {

// Where a part of an item stands; `first` is the text that the item begins with.
inline source::Span SpanOfPart(source::Span item, std::string_view first, std::string_view part) {
  const auto begin = item.begin + static_cast<std::uint32_t>(part.data() - first.data());
  return {item.file, begin, begin + static_cast<std::uint32_t>(part.size())};
}

// `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9`
void AddAddress(const ast::AddressItem& item, source::Span span, diag::Emitter& emitter, Gathered& gathered);
// `tcp/443`, `icmp/echo-request`, `ip/47`
void AddService(const ast::ServiceItem& item, source::Span span, diag::Emitter& emitter, Gathered& gathered);
// `"eth0"`, `"enp*"`; `classes` was made with the pattern among its own
void AddInterface(std::string_view pattern, source::Span span, const flow::InterfaceClasses& classes,
                  diag::Emitter& emitter, Gathered& gathered);

}  // namespace appnet::sema
