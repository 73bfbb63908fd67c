#include "ast/equal.h"

#include <algorithm>

namespace appnet::ast {
namespace {

// A class so that the functions, which need each other, see each other in any order.
struct Comparison {
  static bool Same(const Name& a, const Name& b) { return a.text == b.text; }
  static bool Same(const AnyItem& /*a*/, const AnyItem& /*b*/) { return true; }
  static bool Same(const NameItem& a, const NameItem& b) { return a.text == b.text; }
  static bool Same(const AddressItem& a, const AddressItem& b) {
    return a.first == b.first && a.prefix == b.prefix && a.last == b.last;
  }
  static bool Same(const InterfaceItem& a, const InterfaceItem& b) { return a.pattern == b.pattern; }
  static bool Same(const ServiceItem& a, const ServiceItem& b) {
    return a.protocol == b.protocol && a.first == b.first && a.last == b.last && a.code == b.code;
  }
  static bool Same(const GroupedItem& a, const GroupedItem& b) { return Same(*a.set, *b.set); }

  // Two variants with the same alternative, whose values are the same.
  template <typename Variant>
  static bool SameVariant(const Variant& a, const Variant& b) {
    if (a.index() != b.index()) return false;
    return std::visit(
        [&b](const auto& value) { return Same(value, std::get<std::decay_t<decltype(value)>>(b)); }, a);
  }

  static bool Same(const SetItem& a, const SetItem& b) { return SameVariant(a.what, b.what); }

  template <typename Element>
  static bool SameAll(const std::vector<Element>& a, const std::vector<Element>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Element& left, const Element& right) { return Same(left, right); });
  }

  static bool Same(const Set& a, const Set& b) {
    return a.has_except == b.has_except && SameAll(a.items, b.items) && SameAll(a.except, b.except);
  }

  template <typename Value>
  static bool Same(const std::optional<Value>& a, const std::optional<Value>& b) {
    return a.has_value() == b.has_value() && (!a || Same(*a, *b));
  }

  static bool Same(const Annotation& a, const Annotation& b) {
    return a.name == b.name && a.value == b.value;
  }

  static bool Same(const Condition& a, const Condition& b) {
    return a.kind == b.kind && a.name == b.name &&
           std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), b.operands.end(),
                      [](const auto& left, const auto& right) { return Same(*left, *right); });
  }

  static bool Same(const Rule& a, const Rule& b) {
    return a.kind == b.kind && a.audited == b.audited && Same(a.services, b.services) &&
           Same(a.from, b.from) && Same(a.to, b.to) && Same(a.at, b.at) && Same(a.via, b.via) &&
           Same(a.via_out, b.via_out) && Same(a.as_type, b.as_type) && SameAll(a.annotations, b.annotations);
  }

  static bool Same(const PolicyHeader& a, const PolicyHeader& b) {
    return a.library == b.library && Same(a.name, b.name);
  }
  static bool Same(const Import& a, const Import& b) {
    return a.is_path == b.is_path && a.target == b.target;
  }
  static bool Same(const HostDeclaration& a, const HostDeclaration& b) {
    return Same(a.name, b.name) && Same(a.set, b.set);
  }
  static bool Same(const InterfaceDeclaration& a, const InterfaceDeclaration& b) {
    return Same(a.name, b.name) && Same(a.set, b.set);
  }
  static bool Same(const ServiceDeclaration& a, const ServiceDeclaration& b) {
    return Same(a.name, b.name) && Same(a.set, b.set);
  }
  static bool Same(const GroupDeclaration& a, const GroupDeclaration& b) {
    return Same(a.name, b.name) && Same(a.set, b.set);
  }
  static bool Same(const BooleanDeclaration& a, const BooleanDeclaration& b) {
    return Same(a.name, b.name) && a.value == b.value;
  }
  static bool Same(const DomainBlock& a, const DomainBlock& b) {
    return Same(a.domains, b.domains) && Same(a.body, b.body);
  }
  static bool Same(const IfBlock& a, const IfBlock& b) {
    return Same(*a.condition, *b.condition) && Same(a.then_body, b.then_body) &&
           Same(a.else_body, b.else_body);
  }
  static bool Same(const LabelBlock& a, const LabelBlock& b) {
    return Same(a.type, b.type) && Same(a.body, b.body);
  }
  static bool Same(const Unmatched& a, const Unmatched& b) {
    return a.forward == b.forward && a.mode == b.mode;
  }
  static bool Same(const EnforceAlways& /*a*/, const EnforceAlways& /*b*/) { return true; }
  static bool Same(const Parameter& a, const Parameter& b) {
    return a.kind == b.kind && Same(a.name, b.name);
  }
  static bool Same(const TemplateDeclaration& a, const TemplateDeclaration& b) {
    return Same(a.name, b.name) && SameAll(a.parameters, b.parameters) && Same(a.body, b.body);
  }
  static bool Same(const Use& a, const Use& b) {
    return Same(a.name, b.name) && SameAll(a.arguments, b.arguments);
  }
  static bool Same(const Assertion& a, const Assertion& b) {
    return a.kind == b.kind && Same(a.domains, b.domains) && Same(a.rule, b.rule);
  }

  static bool Same(const Statement& a, const Statement& b) {
    return SameAll(a.annotations, b.annotations) && SameVariant(a.what, b.what);
  }

  static bool Same(const std::vector<Statement>& a, const std::vector<Statement>& b) { return SameAll(a, b); }
};

}  // namespace

bool Equal(const File& a, const File& b) { return Comparison::Same(a.statements, b.statements); }

}  // namespace appnet::ast
