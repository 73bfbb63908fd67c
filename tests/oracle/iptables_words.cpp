#include "oracle/iptables_words.h"

#include <utility>

namespace appnet::oracle::iptables {

std::vector<std::string> Words(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false, quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '\\' && i + 1 < line.size()) {
      word += line[++i];
    } else if (c == '"') {
      quoted = !quoted;
      inside = true;
    } else if (!quoted && (c == ' ' || c == '\t')) {
      if (inside) words.push_back(std::exchange(word, {}));
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (quoted) throw ParseError("open quotes");
  if (inside) words.push_back(word);
  return words;
}

unsigned long Number(const std::string& text, unsigned long most) {
  const bool hex = text.starts_with("0x");
  const std::string digits = hex ? text.substr(2) : text;
  const char* const allowed = hex ? "0123456789abcdefABCDEF" : "0123456789";
  if (digits.empty() || digits.size() > 10 || digits.find_first_not_of(allowed) != std::string::npos) {
    throw ParseError("not a number: " + text);
  }
  const unsigned long value = std::stoul(digits, nullptr, hex ? 16 : 10);
  if (value > most) throw ParseError("number too large: " + text);
  return value;
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
    if (end == std::string::npos) return parts;
    begin = end + 1;
  }
}

unsigned Bits(const std::string& text, const std::map<std::string, unsigned>& names) {
  unsigned bits = 0;
  for (const std::string& part : Split(text, ',')) {
    const auto name = names.find(part);
    if (name == names.end()) throw ParseError("unknown word: " + part);
    bits |= name->second;
  }
  return bits;
}

}  // namespace appnet::oracle::iptables
