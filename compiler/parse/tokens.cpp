#include "parse/tokens.h"

#include <AppnetLexer.h>
#include <antlr4-runtime.h>

#include "parse/byte_stream.h"
#include "parse/check_text.h"
#include "parse/token_span.h"

namespace appnet::parse {

std::vector<Token> ReadTokens(const source::SourceMap& sources, source::FileId file) {
  std::vector<Token> tokens;
  diag::Emitter unheard;  // who parses the file says what is wrong with it
  const std::optional<std::size_t> begin = CheckText(sources, file, "file", unheard);
  if (!begin) return tokens;
  ByteStream bytes(sources.Text(file), *begin);
  generated::AppnetLexer lexer(&bytes);
  lexer.removeErrorListeners();
  for (std::unique_ptr<antlr4::Token> token = lexer.nextToken(); token->getType() != antlr4::Token::EOF;
       token = lexer.nextToken()) {
    const source::Span span = SpanOf(file, *token);
    tokens.push_back({sources.Text(span), span, token->getType() == generated::AppnetLexer::COMMENT});
  }
  return tokens;
}

}  // namespace appnet::parse
