#pragma once
// Contract: the appnet texts that `generator` writes, understood without the compiler: which rules match a
// flow given by interface names and numbers. Knows just the forms that the generator uses; anything else is
// an error.

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "flow/fields.h"
#include "oracle/reference_evaluator.h"

namespace appnet::oracle {

struct NamedFlow {
  flow::Direction direction = flow::Direction::kConnect;
  std::string interface;
  std::string out;
  flow::Flow numbers;  // the rest of the fields
};

// What a matching rule says, under each of the settings asked for.
struct TextMatch {
  std::set<std::string> subjects;
  std::string label;
  bool audited = false;
  std::vector<bool> holds;
  friend bool operator<(const TextMatch& a, const TextMatch& b) {
    return std::tie(a.subjects, a.label, a.audited, a.holds) <
           std::tie(b.subjects, b.label, b.audited, b.holds);
  }
  friend bool operator==(const TextMatch&, const TextMatch&) = default;
};

class TextReference {
 public:
  static base::Result<TextReference> Read(std::string_view text);
  TextReference(TextReference&&) noexcept;
  ~TextReference();

  // Sorted.
  std::vector<TextMatch> Matches(const NamedFlow& flow, const std::vector<Setting>& settings) const;
  const std::string& unmatched() const;
  const std::string& unmatched_forward() const;

 private:
  struct Contents;
  class Reader;
  explicit TextReference(std::unique_ptr<Contents> contents);
  std::unique_ptr<Contents> contents_;
};

}  // namespace appnet::oracle
