#include "query/rule_words.h"

#include <string_view>

#include "query/region_text.h"

namespace appnet::query {
namespace {

// The next word of a rule's canonical text; what is quoted has no end at a space.
std::string_view TakeWord(std::string_view& text) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < text.size() && (quoted || text[end] != ' '); ++end) {
    if (text[end] == '"') quoted = !quoted;
  }
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end < text.size() ? end + 1 : end);
  return word;
}

// Before a sentence's parts are words that can be no name: they are reserved.
RuleWords Read(std::string_view text) {
  RuleWords words;
  std::string ignored;
  std::string* part = nullptr;
  while (!text.empty()) {
    const std::string_view word = TakeWord(text);
    std::string* next = word == "connect" || word == "accept" || word == "forward" ? &words.services
                        : word == "from"                                           ? &words.from
                        : word == "to"                                             ? &words.to
                        : word == "at"                                             ? &words.at
                        : word == "via"                                            ? &words.via
                        : word == "as" || word == "audit"                          ? &ignored
                                                                                   : nullptr;
    if (next != nullptr) {
      part = next;
      part->clear();
    } else if (part != nullptr) {
      if (!part->empty()) *part += ' ';
      *part += word;
    }
  }
  if (words.at == "any") words.at.clear();
  if (words.via == "any" || words.via == "any -> any") words.via.clear();
  return words;
}

}  // namespace

RuleWords WordsOf(const sema::Rule& rule, const flow::InterfaceClasses& interfaces) {
  if (rule.origin.used_at.empty()) return Read(rule.text);
  return Read(RegionText(rule.direction, rule.region, interfaces));
}

}  // namespace appnet::query
