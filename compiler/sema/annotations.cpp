#include "sema/annotations.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "diag/suggest.h"
#include "sema/number.h"
#include "sema/statements.h"

namespace appnet::sema {
namespace {

using diag::Kind;

bool HasFormOfDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  return IsDecimal(text.substr(0, 4)) && IsDecimal(text.substr(5, 2)) && IsDecimal(text.substr(8, 2));
}

void CheckDate(const ast::Annotation& annotation, const Inputs& inputs) {
  if (!IsDate(annotation.value)) {
    inputs.emitter
        .Report(Kind::kBadDate, annotation.value_span, fmt::format("`{}` is no date", annotation.value))
        .Help(HasFormOfDate(annotation.value) ? "the calendar has no such day"
                                              : "write year, month and day: \"2027-01-31\"");
    return;
  }
  // Dates in this form compare as text.
  if (inputs.options.as_of.empty() || inputs.options.as_of <= annotation.value) return;
  inputs.emitter
      .Report(Kind::kExpiredRule, annotation.value_span,
              fmt::format("expired on {}, and this build is for {}", annotation.value, inputs.options.as_of))
      .Help("remove the statement, or agree on a later date");
}

void Check(const std::vector<ast::Annotation>& annotations, const Inputs& inputs) {
  static const std::vector<std::string_view> kKnown = {"owner", "ticket", "expires"};
  std::map<std::string_view, source::Span> seen;
  for (const ast::Annotation& annotation : annotations) {
    if (std::find(kKnown.begin(), kKnown.end(), annotation.name) == kKnown.end()) {
      auto report = inputs.emitter.Report(Kind::kUnknownAnnotation, annotation.span,
                                          fmt::format("unknown annotation `@{}`", annotation.name));
      const auto near = diag::Nearest(annotation.name, kKnown);
      report.Help(near ? fmt::format("did you mean `@{}`?", *near)
                       : "there are `@owner`, `@ticket` and `@expires`");
      continue;
    }
    const auto [first, added] = seen.emplace(annotation.name, annotation.span);
    if (!added) {
      inputs.emitter
          .Report(Kind::kDuplicateAnnotation, annotation.span,
                  fmt::format("`@{}` is written twice", annotation.name))
          .Label(first->second, "the first one");
      continue;
    }
    if (annotation.name == "expires") CheckDate(annotation, inputs);
  }
}

}  // namespace

bool IsDate(std::string_view text) {
  constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](std::size_t begin, std::size_t size) -> unsigned {
    unsigned value = 0;
    if (!IsDecimal(text.substr(begin, size))) return 0;
    for (const char c : text.substr(begin, size)) value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
  };
  const unsigned year = number(0, 4);
  const unsigned month = number(5, 2);
  const unsigned day = number(8, 2);
  if (year == 0 || month == 0 || month > kDays.size()) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day >= 1 && day <= kDays[month - 1] + (leap && month == 2 ? 1 : 0);
}

Annotations Inherit(Annotations outer, const std::vector<ast::Annotation>& written) {
  for (const ast::Annotation& annotation : written) {
    if (annotation.name == "owner") outer.owner = annotation.value;
    if (annotation.name == "ticket") outer.ticket = annotation.value;
    if (annotation.name == "expires") outer.expires = annotation.value;
  }
  return outer;
}

void CheckAnnotations(const Modules& modules, const Inputs& inputs) {
  for (const Module& module : modules.all) {
    ForEachStatement(module.tree->statements, [&](const ast::Statement& statement) {
      Check(statement.annotations, inputs);
      if (const auto* rule = std::get_if<ast::Rule>(&statement.what)) {
        // The parser may hang a rule's annotations on the statement, on the rule or on both.
        if (statement.annotations.empty()) Check(rule->annotations, inputs);
      }
    });
  }
}

}  // namespace appnet::sema
