#include "parse/token_words.h"

#include <AppnetLexer.h>
#include <fmt/format.h>

namespace appnet::parse {

using generated::AppnetLexer;

bool BeginsStatement(std::size_t type) {
  switch (type) {
    case AppnetLexer::POLICY:
    case AppnetLexer::LIBRARY:
    case AppnetLexer::IMPORT:
    case AppnetLexer::HOST:
    case AppnetLexer::INTERFACE:
    case AppnetLexer::SERVICE:
    case AppnetLexer::GROUP:
    case AppnetLexer::BOOLEAN:
    case AppnetLexer::DOMAIN:
    case AppnetLexer::CONNECT:
    case AppnetLexer::ACCEPT:
    case AppnetLexer::FORWARD:
    case AppnetLexer::AUDIT:
    case AppnetLexer::IF:
    case AppnetLexer::LABEL:
    case AppnetLexer::UNMATCHED:
    case AppnetLexer::ENFORCE:
    case AppnetLexer::TEMPLATE:
    case AppnetLexer::USE:
    case AppnetLexer::ASSERT:
    case AppnetLexer::ANNOTATION_SIGN:
      return true;
    default:
      return false;
  }
}

bool BeginsItem(std::size_t type) {
  switch (type) {
    case AppnetLexer::ANY:
    case AppnetLexer::NAME:
    case AppnetLexer::PROTOCOL:
    case AppnetLexer::ADDRESS:
    case AppnetLexer::STRING:
    case AppnetLexer::LEFT_PAREN:
      return true;
    default:
      return false;
  }
}

// The lexer's words come first, from `policy` to the protocol names.
bool IsReservedWord(std::size_t type) { return type >= AppnetLexer::POLICY && type <= AppnetLexer::PROTOCOL; }

std::vector<std::string_view> StatementWords() {
  return {"policy",  "library",   "import",  "host",     "interface", "service", "group",
          "boolean", "domain",    "connect", "accept",   "forward",   "audit",   "if",
          "label",   "unmatched", "enforce", "template", "use",       "assert"};
}

std::string KindOfToken(std::size_t type, const antlr4::dfa::Vocabulary& words) {
  switch (type) {
    case antlr4::Token::EOF:
      return "the end of the file";
    case AppnetLexer::NAME:
      return "a name";
    case AppnetLexer::NUMBER:
      return "a number";
    case AppnetLexer::ADDRESS:
      return "an address";
    case AppnetLexer::STRING:
      return "a quoted text";
    case AppnetLexer::PROTOCOL:
      return "a protocol";
    default:
      break;
  }
  // The vocabulary has literals in single quotes.
  const std::string literal = words.getLiteralName(type);
  if (literal.size() < 2) return "something else";
  return fmt::format("`{}`", literal.substr(1, literal.size() - 2));
}

std::string Quoted(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  if (text.size() <= kLongest) return fmt::format("`{}`", text);
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return fmt::format("`{}...`", text.substr(0, end));
}

}  // namespace appnet::parse
