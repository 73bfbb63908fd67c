// What a name means, or why it means nothing.

#include <fmt/format.h>

#include "diag/suggest.h"
#include "sema/names.h"

namespace appnet::sema {

using diag::Kind;

std::optional<DeclarationId> Names::Resolve(ModuleId from, std::string_view name, source::Span span,
                                            NameKind wanted) const {
  const Lookup lookup = Find(from, name);
  if (lookup.second) {
    ReportAmbiguous(lookup, name, span);
    return std::nullopt;
  }
  if (!lookup.first) {
    if (!lookup.incomplete) ReportUnknown(from, name, span, wanted);
    return std::nullopt;
  }
  if (all_[*lookup.first].kind != wanted) {
    ReportWrongKind(*lookup.first, span, WithArticle(wanted));
    return std::nullopt;
  }
  return lookup.first;
}

void Names::ReportAmbiguous(const Lookup& lookup, std::string_view name, source::Span span) const {
  const std::string first = QualifiedName(*lookup.first);
  const std::string second = QualifiedName(*lookup.second);
  auto report = inputs_.emitter.Report(
      Kind::kAmbiguousName, span,
      fmt::format("`{}` can mean two things here: `{}` and `{}`", name, first, second));
  report.Label(all_[*lookup.first].name->span, "one of them")
      .Label(all_[*lookup.second].name->span, "the other");
  if (first != second) {
    report.Help(fmt::format("write `{}` or `{}`", first, second));
  } else {
    report.Help("the two libraries have the same name: rename one of them");
  }
}

void Names::ReportWrongKind(DeclarationId found, source::Span span, std::string_view wanted) const {
  const Declaration& declaration = all_[found];
  inputs_.emitter
      .Report(Kind::kWrongNameKind, span,
              fmt::format("`{}` is {}, and {} is wanted here", declaration.name->text,
                          WithArticle(declaration.kind), wanted))
      .Label(declaration.name->span, "declared here");
}

bool Names::ImportsServices(ModuleId from) const {
  for (const ImportEdge& edge : modules_.all[from].imports) {
    if (modules_.all[edge.target].name == "services") return true;
  }
  return false;
}

void Names::ReportUnknown(ModuleId from, std::string_view name, source::Span span, NameKind wanted) const {
  if (const std::string_view taken = TakenByPolicy(inputs_.policy, name); !taken.empty()) {
    inputs_.emitter.Report(Kind::kWrongNameKind, span,
                           fmt::format("`{}` is {} of the policy `{}`, and {} is wanted here", name, taken,
                                       inputs_.policy.name(), WithArticle(wanted)));
    return;
  }
  auto report =
      inputs_.emitter.Report(Kind::kUnknownName, span, fmt::format("unknown {} `{}`", WordFor(wanted), name));
  // A library of the policy that this file does not import may have it.
  for (const Declaration& declaration : all_) {
    const bool root = modules_.all[declaration.module].root;
    if (declaration.name->text == name && declaration.kind == wanted && !root) {
      report.Label(declaration.name->span, "declared here, in a library that this file does not import");
      return;
    }
  }
  const std::size_t dot = name.rfind('.');
  const std::string_view base = dot == std::string_view::npos ? name : name.substr(dot + 1);
  if (const auto near = diag::Nearest(base, Visible(from, wanted))) {
    report.DidYouMean(*near);
  } else if (wanted == NameKind::kService && !ImportsServices(from)) {
    report.Help("`import std.services;` brings the names of the usual services");
  }
}

}  // namespace appnet::sema
