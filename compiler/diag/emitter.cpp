#include "diag/emitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace appnet::diag {

Builder& Builder::Beside(std::string text) {
  diagnostic_.span_text = std::move(text);
  return *this;
}

Builder& Builder::Label(source::Span span, std::string text) {
  diagnostic_.labels.push_back({span, std::move(text)});
  return *this;
}

Builder& Builder::Note(std::string text) {
  diagnostic_.notes.push_back(std::move(text));
  return *this;
}

Builder& Builder::Help(std::string text) {
  diagnostic_.helps.push_back(std::move(text));
  return *this;
}

Builder& Builder::DidYouMean(std::string_view name) {
  diagnostic_.helps.push_back(fmt::format("did you mean `{}`?", name));
  if (diagnostic_.span)
    diagnostic_.fixes.push_back({diagnostic_.helps.back(), *diagnostic_.span, std::string(name)});
  return *this;
}

Builder Emitter::Report(Kind kind, source::Span span, std::string message) {
  if (span.file == source::kNoFile) return Add(kind, std::nullopt, std::move(message));
  return Add(kind, span, std::move(message));
}

Builder Emitter::Report(Kind kind, std::string message) {
  return Add(kind, std::nullopt, std::move(message));
}

Builder Emitter::Add(Kind kind, std::optional<source::Span> span, std::string message) {
  const Severity severity = SeverityOf(kind);
  if (severity == Severity::kOff) {
    dropped_ = {};
    return Builder(dropped_);
  }
  const source::Span place = span.value_or(source::Span{});
  if (!seen_.insert({kind, place.file, place.begin, place.end, message}).second) {
    dropped_ = {};
    return Builder(dropped_);
  }
  if (DefaultSeverityOf(kind) == Severity::kError) {
    ++errors_;
  } else if (severity == Severity::kError) {
    ++denied_;
  }
  Diagnostic& added = diagnostics_.emplace_back();
  added.kind = kind;
  added.severity = severity;
  added.message = std::move(message);
  added.span = span;
  return Builder(added);
}

void Emitter::Configure(Kind kind, Severity severity) { configured_[kind] = severity; }

Severity Emitter::SeverityOf(Kind kind) const {
  const Severity by_default = DefaultSeverityOf(kind);
  if (by_default == Severity::kError) return by_default;
  const auto found = configured_.find(kind);
  return found == configured_.end() ? by_default : found->second;
}

std::vector<Diagnostic> Emitter::Sorted() const {
  std::vector<Diagnostic> sorted = diagnostics_;
  // kNoFile is the largest FileId, so what has no place comes last.
  const auto place = [](const Diagnostic& d) {
    const source::Span span = d.span.value_or(source::Span{});
    return std::pair(span.file, span.begin);
  };
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
  return sorted;
}

}  // namespace appnet::diag
