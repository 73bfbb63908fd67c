#include "sema/sets.h"

#include <fmt/format.h>

#include <utility>

#include "sema/set_items.h"

namespace appnet::sema {
namespace {

using diag::Kind;
using flow::Family;

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

std::string WantedFor(NameKind kind) { return kind == NameKind::kGroup ? "a domain" : WithArticle(kind); }

SetValue Subtract(const SetValue& from, const SetValue& what) {
  return {from.families.Subtract(what.families), from.plain.Subtract(what.plain)};
}

}  // namespace

NameKind KindOf(const ast::Parameter& parameter) {
  if (parameter.kind == "host") return NameKind::kHost;
  if (parameter.kind == "service") return NameKind::kService;
  if (parameter.kind == "interface") return NameKind::kInterface;
  return NameKind::kGroup;
}

std::optional<BoundParameter> Place::ParameterNamed(std::string_view name) const {
  if (bindings == nullptr) return std::nullopt;
  const std::vector<ast::Parameter>& parameters = bindings->declaration->parameters;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name.text == name) return BoundParameter{&parameters[i], &bindings->values[i]};
  }
  return std::nullopt;
}

Sets::Sets(const Names& names, const flow::InterfaceClasses& classes, const Inputs& inputs)
    : names_(names), classes_(classes), inputs_(inputs), domains_(names, inputs) {
  EvaluateDeclarations();
}

MaybeSet Sets::Evaluate(const ast::Set& set, NameKind kind, const Place& place,
                        const ast::Parameter* argument_of) const {
  if (const auto known = fixed_.find(&set); known != fixed_.end()) return known->second;
  bool fixed = true;
  MaybeSet value = EvaluateSet(set, {kind, place, argument_of}, fixed);
  if (fixed && place.bindings != nullptr) fixed_.emplace(&set, value);
  return value;
}

// Recursive in the parentheses only, whose depth the parser bounds.
MaybeSet Sets::EvaluateSet(const ast::Set& set, const Context& context, bool& fixed) const {
  Gathered members;
  for (const ast::SetItem& item : set.items) Gather(item, context, members);
  Gathered removed;
  for (const ast::SetItem& item : set.except) Gather(item, context, removed);
  const bool here_fixed = members.fixed && removed.fixed;
  fixed = fixed && here_fixed;
  // Nothing was written: a syntax error, reported by the parser.
  if (set.items.empty() || members.failed || removed.failed) return std::nullopt;

  SetValue value = std::move(members).Collect();
  if (set.has_except && !set.except.empty()) {
    SetValue rest = Subtract(value, std::move(removed).Collect());
    if (here_fixed && !rest.empty()) WarnOfExcept(set, value, rest);
    value = std::move(rest);
  }
  if (value.empty()) {
    auto report = inputs_.emitter.Report(Kind::kEmptySet, set.span, "the set is empty");
    if (set.has_except) {
      report.Beside("`except` takes every member away");
      report.Help(set.except.size() > 1
                      ? "the commas after `except` belong to it: parentheses keep it to one part, "
                        "`a, (b except c), d`"
                      : "take less away, or leave out what uses the set");
    } else {
      report.Help("an attribute that has no types in this policy stands for nothing");
    }
    if (!here_fixed && context.place.bindings != nullptr)
      report.Label(context.place.bindings->used_at, "used here");
    return std::nullopt;
  }
  return value;
}

void Sets::WarnOfExcept(const ast::Set& set, const SetValue& before, const SetValue& after) const {
  const source::Span span = source::Join(set.except.front().span, set.except.back().span);
  if (before.families == after.families && before.plain == after.plain) {
    inputs_.emitter.Report(Kind::kExceptRemovesNothing, span, "`except` takes nothing away")
        .Beside("has nothing in common with what stands before")
        .Help("check the addresses and names on both sides, or leave the `except` out");
    return;
  }
  for (const Family family : flow::kFamilies) {
    if (before.families.of(family).empty() || !after.families.of(family).empty()) continue;
    const std::string_view name = family == Family::kIpv4 ? "IPv4" : "IPv6";
    inputs_.emitter
        .Report(Kind::kFamilyEmptied, span, fmt::format("`except` leaves nothing of {} in the set", name))
        .Note(fmt::format("a rule with this set no longer matches {} traffic", name));
  }
}

void Sets::Gather(const ast::SetItem& item, const Context& context, Gathered& gathered) const {
  const auto wrong = [&](std::string_view what) {
    ReportWrongItem(item.span, what, context);
    gathered.failed = true;
  };
  std::visit(Overloaded{[&](const ast::AnyItem&) { GatherAny(item.span, context, gathered); },
                        [&](const ast::NameItem& name) { GatherName(name, item.span, context, gathered); },
                        [&](const ast::AddressItem& address) {
                          if (context.kind != NameKind::kHost) return wrong("an address");
                          AddAddress(address, item.span, inputs_.emitter, gathered);
                        },
                        [&](const ast::InterfaceItem& interface) {
                          if (context.kind != NameKind::kInterface) return wrong("an interface name");
                          AddInterface(interface.pattern, item.span, classes_, inputs_.emitter, gathered);
                        },
                        [&](const ast::ServiceItem& service) {
                          if (context.kind != NameKind::kService) return wrong("a service");
                          AddService(service, item.span, inputs_.emitter, gathered);
                        },
                        [&](const ast::GroupedItem& grouped) {
                          bool fixed = true;
                          const MaybeSet inner = EvaluateSet(*grouped.set, context, fixed);
                          gathered.fixed = gathered.fixed && fixed;
                          inner ? gathered.Add(*inner) : static_cast<void>(gathered.failed = true);
                        }},
             item.what);
}

void Sets::GatherAny(source::Span span, const Context& context, Gathered& gathered) const {
  switch (context.kind) {
    case NameKind::kHost:
      return gathered.Add({flow::AnyAddress(), {}});
    case NameKind::kService:
      return gathered.Add({flow::AnyService(), {}});
    case NameKind::kInterface:
      return gathered.Add({{}, classes_.Any()});
    default:
      gathered.failed = true;
      domains_.ReportAny(span);
  }
}

void Sets::GatherName(const ast::NameItem& item, source::Span span, const Context& context,
                      Gathered& gathered) const {
  if (const auto parameter = context.place.ParameterNamed(item.text)) {
    gathered.fixed = false;
    const ast::Parameter& declared = *parameter->declared;
    if (KindOf(declared) != context.kind) {
      gathered.failed = true;
      inputs_.emitter
          .Report(Kind::kWrongNameKind, span,
                  fmt::format("`{}` is {}, and {} is wanted here", item.text, WantedFor(KindOf(declared)),
                              WantedFor(context.kind)))
          .Label(declared.name.span, "a parameter of the template");
      return;
    }
    const MaybeSet& value = *parameter->value;
    value ? gathered.Add(*value) : static_cast<void>(gathered.failed = true);
    return;
  }
  if (context.argument_of != nullptr) {
    const Lookup lookup = names_.Find(context.place.module, item.text);
    if (lookup.first && !lookup.second && !names_[*lookup.first].taken &&
        names_[*lookup.first].kind != context.kind) {
      ReportWrongItem(span, WithArticle(names_[*lookup.first].kind), context);
      gathered.failed = true;
      return;
    }
  }
  std::optional<DeclarationId> found;
  if (context.kind == NameKind::kGroup) {
    const Domains::Meaning meaning = domains_.Find(item.text, span, context.place.module);
    for (const sepolicy::TypeId type : meaning.types) gathered.plain.push_back({type, type});
    gathered.failed = gathered.failed || meaning.failed;
    found = meaning.group;
    if (!found) return;
  } else {
    found = names_.Resolve(context.place.module, item.text, span, context.kind);
  }
  if (found && values_[*found]) {
    gathered.Add(*values_[*found]);
  } else {
    gathered.failed = true;
  }
}

void Sets::ReportWrongItem(source::Span span, std::string_view what, const Context& context) const {
  if (context.argument_of != nullptr) {
    inputs_.emitter
        .Report(Kind::kTemplateArgument, span,
                fmt::format("the parameter `{}` is {}, and the argument is {}",
                            context.argument_of->name.text, WantedFor(context.kind), what))
        .Label(context.argument_of->name.span, "the parameter");
    return;
  }
  inputs_.emitter.Report(Kind::kWrongNameKind, span,
                         fmt::format("{} stands where {} is wanted", what, WantedFor(context.kind)));
}

}  // namespace appnet::sema
