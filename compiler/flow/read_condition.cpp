#include "flow/read_condition.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

namespace appnet::flow {
namespace {

constexpr std::size_t kDeepest = 100;

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ') {
      ++i;
    } else if (text[i] == '(' || text[i] == ')') {
      words.push_back(text.substr(i++, 1));
    } else {
      const std::size_t end = std::min(text.find_first_of(" ()", i), text.size());
      words.push_back(text.substr(i, end - i));
      i = end;
    }
  }
  return words;
}

bool IsBoolean(std::string_view word) {
  return word != "(" && word != ")" && word != "and" && word != "or" && word != "not";
}

class Parser {
 public:
  Parser(std::string_view text, Conditions& conditions) : words_(Words(text)), conditions_(conditions) {}

  std::optional<ConditionId> Parse() {
    std::set<std::string_view> booleans;
    std::ranges::copy_if(words_, std::inserter(booleans, booleans.end()), IsBoolean);
    if (booleans.size() > kMostBooleans) return std::nullopt;
    const std::optional<ConditionId> condition = Sum(0);
    return at_ == words_.size() ? condition : std::nullopt;
  }

 private:
  bool Take(std::string_view word) {
    if (at_ == words_.size() || words_[at_] != word) return false;
    ++at_;
    return true;
  }

  std::optional<ConditionId> Sum(std::size_t depth) {
    std::optional<ConditionId> sum = Product(depth);
    while (sum && Take("or")) {
      const std::optional<ConditionId> next = Product(depth);
      sum = next ? std::optional(conditions_.Or(*sum, *next)) : std::nullopt;
    }
    return sum;
  }

  std::optional<ConditionId> Product(std::size_t depth) {
    std::optional<ConditionId> product = Literal(depth);
    while (product && Take("and")) {
      const std::optional<ConditionId> next = Literal(depth);
      product = next ? std::optional(conditions_.And(*product, *next)) : std::nullopt;
    }
    return product;
  }

  std::optional<ConditionId> Literal(std::size_t depth) {
    bool negated = false;
    while (Take("not")) negated = !negated;
    std::optional<ConditionId> literal;
    if (Take("(")) {
      if (depth < kDeepest) literal = Sum(depth + 1);
      if (!Take(")")) return std::nullopt;
    } else if (at_ < words_.size() && IsBoolean(words_[at_])) {
      literal = conditions_.Variable(words_[at_++]);
    }
    return literal && negated ? std::optional(conditions_.Not(*literal)) : literal;
  }

  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  Conditions& conditions_;
};

}  // namespace

std::optional<ConditionId> ReadCondition(std::string_view text, Conditions& conditions) {
  if (text == "always") return kAlways;
  if (text == "never") return kNever;
  return Parser(text, conditions).Parse();
}

}  // namespace appnet::flow
