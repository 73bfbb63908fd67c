#pragma once
// Contract: collects the diagnostics of one run. Steps report and go on; nobody throws. `Sorted` gives them
// by file and offset, those without a place last, and otherwise in the order of reporting. What repeats an
// earlier one (kind, place and message) is dropped when it is reported, so that the counts are those of what
// is shown.
//
//   emitter.Report(Kind::kUnknownDomain, span, fmt::format("unknown SELinux domain `{}`", name))
//       .Beside("not in the policy `default`")
//       .DidYouMean("mozilla_t");

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "diag/diagnostic.h"

namespace appnet::diag {

// Refers to a diagnostic inside an Emitter; use it at once, before the next Report.
class Builder {
 public:
  explicit Builder(Diagnostic& diagnostic) : diagnostic_(diagnostic) {}
  Builder& Beside(std::string text);
  Builder& Label(source::Span span, std::string text);
  Builder& Note(std::string text);
  Builder& Help(std::string text);
  // "did you mean `NAME`?", and the edit that writes NAME over the place of the diagnostic.
  Builder& DidYouMean(std::string_view name);

 private:
  Diagnostic& diagnostic_;
};

class Emitter {
 public:
  Builder Report(Kind kind, source::Span span, std::string message);
  Builder Report(Kind kind, std::string message);  // no place in a source file

  // --warn, --deny, --allow: the severity of a kind for this run. Errors by default stay errors.
  void Configure(Kind kind, Severity severity);
  // kOff: what is reported of this kind is dropped, so it need not be looked for.
  Severity SeverityOf(Kind kind) const;

  // Mistakes that leave no policy to go on with. What --deny made an error is none: later steps still run.
  bool HasErrors() const { return errors_ > 0; }
  std::size_t error_count() const { return errors_; }
  // Nothing may be built: an error, by its kind or by --deny.
  bool Refuses() const { return errors_ + denied_ > 0; }
  std::vector<Diagnostic> Sorted() const;

 private:
  using Key = std::tuple<Kind, source::FileId, std::uint32_t, std::uint32_t, std::string>;

  Builder Add(Kind kind, std::optional<source::Span> span, std::string message);

  std::vector<Diagnostic> diagnostics_;
  std::set<Key> seen_;
  std::map<Kind, Severity> configured_;
  std::size_t errors_ = 0;
  std::size_t denied_ = 0;
  Diagnostic dropped_{};  // what a Builder writes to when nothing is to be kept
};

}  // namespace appnet::diag
