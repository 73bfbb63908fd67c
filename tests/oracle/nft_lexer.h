#pragma once
// Contract: nft text as tokens. Words are what stands between spaces; only { } , ; ( ) and newlines separate
// without spaces. Throws ParseError, which never leaves the parser.

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace appnet::oracle::nft {

struct ParseError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Token {
  enum class Kind { kWord, kString, kMark, kNewline, kEnd } kind = Kind::kEnd;
  std::string text;
  unsigned line = 0;
};

std::vector<Token> Tokenize(std::string_view text);

class Cursor {
 public:
  explicit Cursor(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}
  const Token& Peek(std::size_t ahead = 0) const;
  Token Next();
  bool At(std::string_view text) const { return Peek().kind != Token::Kind::kString && Peek().text == text; }
  bool Take(std::string_view text);
  void Expect(std::string_view text);
  std::string Word(std::string_view what);    // an unquoted word
  std::string String(std::string_view what);  // a quoted string
  void SkipNewlines();
  bool AtRuleEnd() const;  // newline, semicolon, closing brace or end
  [[noreturn]] void Fail(std::string_view expected) const;

 private:
  std::vector<Token> tokens_;
  std::size_t position_ = 0;
};

}  // namespace appnet::oracle::nft
