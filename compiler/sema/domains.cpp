#include "sema/domains.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "diag/suggest.h"

namespace appnet::sema {
namespace {

using diag::Kind;
using sepolicy::NameLookup;

constexpr std::size_t kNamedTypes = 3;

// "`a`, `b`, `c` and 12 more"
std::string ListTypes(const std::vector<sepolicy::TypeId>& types, const sepolicy::Policy& policy) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < types.size() && i < kNamedTypes; ++i) {
    names.push_back(fmt::format("`{}`", policy.TypeName(types[i])));
  }
  std::string text = fmt::format("{}", fmt::join(names, ", "));
  if (types.size() > kNamedTypes) text += fmt::format(" and {} more", types.size() - kNamedTypes);
  return text;
}

}  // namespace

Domains::Meaning Domains::Find(std::string_view name, source::Span span, ModuleId from) const {
  Meaning failed;
  failed.failed = true;
  const Lookup lookup = names_.Find(from, name);
  if (lookup.second) {
    names_.ReportAmbiguous(lookup, name, span);
    return failed;
  }
  if (lookup.first && !names_[*lookup.first].taken) {
    if (names_[*lookup.first].kind == NameKind::kGroup) return {{}, lookup.first, false};
    names_.ReportWrongKind(*lookup.first, span, "a domain");
    return failed;
  }
  const NameLookup found = inputs_.policy.Find(name);
  switch (found.kind) {
    case NameLookup::Kind::kType:
      if (inputs_.policy.IsDomain(found.id)) return {{found.id}, std::nullopt, false};
      ReportNoDomain(found.id, name, span);
      return failed;
    case NameLookup::Kind::kAttribute:
      return ExpandAttribute(found.id, span);
    case NameLookup::Kind::kNone:
      break;
  }
  if (!lookup.incomplete) ReportUnknown(name, span, from);
  return failed;
}

Domains::Meaning Domains::ExpandAttribute(sepolicy::AttributeId attribute, source::Span span) const {
  Meaning meaning;
  std::vector<sepolicy::TypeId> others;
  for (const sepolicy::TypeId type : inputs_.policy.TypesOf(attribute)) {
    (inputs_.policy.IsDomain(type) ? meaning.types : others).push_back(type);
  }
  if (others.empty()) return meaning;
  inputs_.emitter
      .Report(Kind::kAttributeNotAllDomains, span,
              fmt::format("the attribute `{}` has types that are no domains",
                          inputs_.policy.AttributeName(attribute)))
      .Beside(fmt::format("has {}", ListTypes(others, inputs_.policy)))
      .Help("name the domains themselves, or an attribute that has domains only");
  meaning.failed = true;
  return meaning;
}

void Domains::ReportNoDomain(sepolicy::TypeId type, std::string_view name, source::Span span) const {
  auto report =
      inputs_.emitter.Report(Kind::kNotADomain, span, fmt::format("the type `{}` is no domain", name));
  report.Beside("no process has this type");
  if (MayBePeer(type, inputs_.policy)) {
    report.Help(
        "a label of peers that is no domain stands in `as`, and in assertions and questions about `forward`");
  } else {
    report.Help("rules name the type that the process runs with, as `ps -Z` shows it, not that of its file");
  }
}

void Domains::ReportUnknown(std::string_view name, source::Span span, ModuleId from) const {
  const sepolicy::Policy& policy = inputs_.policy;
  if (policy.FindBoolean(name)) {
    inputs_.emitter.Report(Kind::kWrongNameKind, span,
                           fmt::format("`{}` is a boolean of the policy `{}`, and a domain is wanted here",
                                       name, policy.name()));
    return;
  }
  std::vector<std::string_view> candidates = names_.Visible(from, NameKind::kGroup);
  for (const sepolicy::TypeId type : policy.Domains()) candidates.push_back(policy.TypeName(type));
  for (const std::string_view other : policy.AllNames()) {
    const NameLookup found = policy.Find(other);
    if (found.kind == NameLookup::Kind::kAttribute) {
      const std::vector<sepolicy::TypeId>& types = policy.TypesOf(found.id);
      const bool usable =
          std::all_of(types.begin(), types.end(), [&](auto type) { return policy.IsDomain(type); });
      if (usable && !types.empty()) candidates.push_back(other);
    } else if (found.alias && policy.IsDomain(found.id)) {
      candidates.push_back(other);
    }
  }
  std::optional<std::string> near = WithTypeEnding(name);
  if (!near) near = diag::Nearest(name, candidates);
  const bool attribute = near && policy.Find(*near).kind == NameLookup::Kind::kAttribute;
  auto report = inputs_.emitter.Report(
      attribute ? Kind::kUnknownAttribute : Kind::kUnknownDomain, span,
      fmt::format("unknown SELinux {} `{}`", attribute ? "attribute" : "domain", name));
  report.Beside(fmt::format("not in the policy `{}`", policy.name()));
  if (near) report.DidYouMean(*near);
}

// `sshd` for `sshd_t`: what ends so is a type.
std::optional<std::string> Domains::WithTypeEnding(std::string_view name) const {
  std::string type = fmt::format("{}_t", name);
  const NameLookup found = inputs_.policy.Find(type);
  if (found.kind != NameLookup::Kind::kType || !inputs_.policy.IsDomain(found.id)) return std::nullopt;
  return type;
}

void Domains::ReportAny(source::Span span) const {
  auto report = inputs_.emitter.Report(Kind::kWrongNameKind, span,
                                       "`any` stands for hosts, services and interfaces, not domains");
  if (const auto attribute = inputs_.policy.DomainAttribute()) {
    report.Help(fmt::format("the attribute `{}` has all domains of this policy",
                            inputs_.policy.AttributeName(*attribute)));
  }
}

}  // namespace appnet::sema
