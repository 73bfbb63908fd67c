#include "sepolicy/cil_text.h"

#include <cstddef>

namespace appnet::sepolicy {
namespace {

bool IsSpace(char character) {
  return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

bool EndsWord(char character) {
  return IsSpace(character) || character == '(' || character == ')' || character == ';' || character == '"';
}

// The position behind the comment, string or blank that begins here; the same position when none does.
std::size_t SkipPastNoise(std::string_view cil, std::size_t at) {
  if (IsSpace(cil[at])) return at + 1;
  const char end = cil[at] == ';' ? '\n' : '"';
  if (cil[at] != ';' && cil[at] != '"') return at;
  const std::size_t found = cil.find(end, at + 1);
  return found == std::string_view::npos ? cil.size() : found + 1;
}

}  // namespace

bool HasStatement(std::string_view cil, std::string_view keyword, std::string_view name) {
  bool after_parenthesis = false;
  bool after_keyword = false;
  for (std::size_t at = 0; at < cil.size();) {
    if (const std::size_t next = SkipPastNoise(cil, at); next != at) {
      at = next;
      continue;
    }
    if (cil[at] == '(' || cil[at] == ')') {
      after_parenthesis = cil[at] == '(';
      after_keyword = false;
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < cil.size() && !EndsWord(cil[end])) ++end;
    const std::string_view word = cil.substr(at, end - at);
    if (after_keyword && word == name) return true;
    after_keyword = after_parenthesis && word == keyword;
    if (after_keyword && name.empty()) return true;
    after_parenthesis = false;
    at = end;
  }
  return false;
}

}  // namespace appnet::sepolicy
