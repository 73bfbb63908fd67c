#include "oracle/nft_lexer.h"

#include <fmt/format.h>

namespace appnet::oracle::nft {

std::vector<Token> Tokenize(std::string_view text) {
  std::vector<Token> tokens;
  unsigned line = 1;
  std::size_t i = 0;
  while (i < text.size()) {
    const char c = text[i];
    if (c == '\n') {
      tokens.push_back({Token::Kind::kNewline, "\n", line++});
      ++i;
    } else if (c == ' ' || c == '\t') {
      ++i;
    } else if (c == '#') {
      while (i < text.size() && text[i] != '\n') ++i;
    } else if (c == '"') {
      const std::size_t end = text.find_first_of("\"\n", i + 1);
      if (end == std::string_view::npos || text[end] == '\n')
        throw ParseError(fmt::format("line {}: open string", line));
      tokens.push_back({Token::Kind::kString, std::string(text.substr(i + 1, end - i - 1)), line});
      i = end + 1;
    } else if (std::string_view("{},;()").find(c) != std::string_view::npos) {
      tokens.push_back({Token::Kind::kMark, std::string(1, c), line});
      ++i;
    } else {
      const std::size_t end = std::min(text.find_first_of(" \t\n{},;()\"#", i), text.size());
      tokens.push_back({Token::Kind::kWord, std::string(text.substr(i, end - i)), line});
      i = end;
    }
  }
  tokens.push_back({Token::Kind::kEnd, "", line});
  return tokens;
}

const Token& Cursor::Peek(std::size_t ahead) const {
  return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
}

Token Cursor::Next() {
  Token token = Peek();
  if (position_ + 1 < tokens_.size()) ++position_;
  return token;
}

bool Cursor::Take(std::string_view text) {
  if (!At(text)) return false;
  Next();
  return true;
}

void Cursor::Expect(std::string_view text) {
  if (!Take(text)) Fail(text);
}

std::string Cursor::Word(std::string_view what) {
  if (Peek().kind != Token::Kind::kWord) Fail(what);
  return Next().text;
}

std::string Cursor::String(std::string_view what) {
  if (Peek().kind != Token::Kind::kString) Fail(what);
  return Next().text;
}

void Cursor::SkipNewlines() {
  while (Peek().kind == Token::Kind::kNewline) Next();
}

bool Cursor::AtRuleEnd() const {
  return Peek().kind == Token::Kind::kNewline || Peek().kind == Token::Kind::kEnd || At(";") || At("}");
}

void Cursor::Fail(std::string_view expected) const {
  throw ParseError(fmt::format("line {}: expected {}, found \"{}\"", Peek().line, expected, Peek().text));
}

}  // namespace appnet::oracle::nft
