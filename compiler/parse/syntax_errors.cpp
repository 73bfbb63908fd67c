#include "parse/syntax_errors.h"

#include <AppnetParser.h>
#include <fmt/format.h>

#include "parse/parse.h"
#include "parse/token_span.h"
#include "parse/token_words.h"

namespace appnet::parse {
namespace {

using antlr4::Parser;
using antlr4::RecognitionException;
using antlr4::Token;
using generated::AppnetParser;

std::size_t RuleOf(Parser* parser) { return parser->getContext()->getRuleIndex(); }

std::size_t NextType(Parser* parser) { return parser->getTokenStream()->LA(1); }

bool IsHead(std::size_t rule) {
  return rule == AppnetParser::RuleDomainHead || rule == AppnetParser::RuleLabelHead ||
         rule == AppnetParser::RuleIfHead || rule == AppnetParser::RuleTemplateHead;
}

bool BeginsParameter(std::size_t type) {
  return type == AppnetParser::DOMAIN || type == AppnetParser::HOST || type == AppnetParser::SERVICE ||
         type == AppnetParser::INTERFACE;
}

// Whether a statement's word comes next and begins a line: then what came before has ended, semicolon or not.
bool StatementBeginsLine(Parser* parser) {
  antlr4::TokenStream* tokens = parser->getTokenStream();
  Token* before = tokens->LT(-1);
  return BeginsStatement(NextType(parser)) &&
         (before == nullptr || before->getLine() < tokens->LT(1)->getLine());
}

bool IsExactly(const antlr4::misc::IntervalSet& expected, ssize_t type) {
  return expected.size() == 1 && expected.contains(type);
}

}  // namespace

bool SyntaxErrors::Begin(Parser* parser) {
  if (inErrorRecoveryMode(parser)) return false;
  beginErrorCondition(parser);
  return true;
}

void SyntaxErrors::CountOrStop(Parser* parser) {
  if (++count_ < kMaxSyntaxErrors) return;
  emitter_.Report(diag::Kind::kTooManyErrors, SpanOf(file_, *parser->getCurrentToken()),
                  fmt::format("stopped reading after {} syntax errors", kMaxSyntaxErrors));
  throw TooMany{};
}

void SyntaxErrors::Complain(Parser* parser, const antlr4::misc::IntervalSet& expected) {
  if (!Begin(parser)) return;
  antlr4::TokenStream* tokens = parser->getTokenStream();
  complainer_.Unexpected(
      {tokens, tokens->LT(1), tokens->LT(-1), expected, parser->getContext(), parser->getVocabulary()});
  CountOrStop(parser);
}

void SyntaxErrors::ComplainOfStatement(Parser* parser, bool in_block) {
  if (!Begin(parser)) return;
  complainer_.NoStatement(parser->getCurrentToken(), in_block);
  CountOrStop(parser);
}

void SyntaxErrors::reportError(Parser* parser, const RecognitionException& error) {
  Complain(parser, error.getExpectedTokens());
}

void SyntaxErrors::recover(Parser* parser, std::exception_ptr error) {
  const std::size_t rule = RuleOf(parser);
  if (rule == AppnetParser::RuleStatement) return SkipStatement(parser);
  if (IsHead(rule) && SkipToBody(parser, rule == AppnetParser::RuleTemplateHead)) return;
  // Outermost rules have nobody above to recover.
  if (parser->getContext()->parent == nullptr) return;
  std::rethrow_exception(error);
}

Token* SyntaxErrors::recoverInline(Parser* parser) {
  const antlr4::misc::IntervalSet expected = getExpectedTokens(parser);
  const std::size_t next = NextType(parser);
  const bool at_end = next == Token::EOF;
  if (IsExactly(expected, AppnetParser::SEMICOLON)) {
    Complain(parser, expected);
    const bool ended = at_end || next == AppnetParser::RIGHT_BRACE || StatementBeginsLine(parser);
    if (ended) return getMissingSymbol(parser);
  } else if (IsExactly(expected, AppnetParser::LEFT_BRACE)) {
    Complain(parser, expected);
    if (SkipToBody(parser, false)) {
      Token* brace = parser->getCurrentToken();
      reportMatch(parser);
      parser->consume();
      return brace;
    }
  } else if (IsExactly(expected, AppnetParser::RIGHT_BRACE) && at_end) {
    Complain(parser, expected);
    return getMissingSymbol(parser);
  }
  throw antlr4::InputMismatchException(parser);
}

// Called before each turn of every loop; only the loops over statements need care here.
void SyntaxErrors::sync(Parser* parser) {
  const std::size_t rule = RuleOf(parser);
  const bool in_block = rule == AppnetParser::RuleBlock;
  if (!in_block && rule != AppnetParser::RuleFile) return;
  while (true) {
    const std::size_t next = NextType(parser);
    if (BeginsStatement(next) || next == Token::EOF) return;
    if (in_block && next == AppnetParser::RIGHT_BRACE) return;
    ComplainOfStatement(parser, in_block);
    const bool alone = next == AppnetParser::RIGHT_BRACE || next == AppnetParser::SEMICOLON;
    if (!alone) {
      SkipStatement(parser);
    } else {
      parser->consume();
      endErrorCondition(parser);
    }
  }
}

void SyntaxErrors::SkipStatement(Parser* parser) {
  int depth = 0;
  for (std::size_t next = NextType(parser); next != Token::EOF; next = NextType(parser)) {
    if (depth == 0 && (next == AppnetParser::RIGHT_BRACE || StatementBeginsLine(parser))) break;
    parser->consume();
    if (depth == 0 && next == AppnetParser::SEMICOLON) break;
    if (next == AppnetParser::LEFT_BRACE) ++depth;
    // A block that ends here ends the statement, unless something carries it on.
    if (next == AppnetParser::RIGHT_BRACE && --depth == 0 && NextType(parser) != AppnetParser::ELSE &&
        NextType(parser) != AppnetParser::SEMICOLON) {
      break;
    }
  }
  // At the end of the file whatever else is missing follows from this error.
  if (NextType(parser) != Token::EOF) endErrorCondition(parser);
}

// Goes on to the `{` of a block whose head is broken; false when the statement ends before one.
bool SyntaxErrors::SkipToBody(Parser* parser, bool in_template) {
  antlr4::TokenStream* tokens = parser->getTokenStream();
  std::size_t line = tokens->LT(1)->getLine();
  for (std::size_t i = tokens->index(); i < tokens->size(); ++i) {
    Token* token = tokens->get(i);
    if (token->getChannel() != Token::DEFAULT_CHANNEL) continue;
    const std::size_t type = token->getType();
    if (type == AppnetParser::LEFT_BRACE) break;
    if (type == AppnetParser::SEMICOLON || type == AppnetParser::RIGHT_BRACE || type == Token::EOF)
      return false;
    const bool begins_line = token->getLine() > line;
    line = token->getLine();
    if (begins_line && BeginsStatement(type) && !(in_template && BeginsParameter(type))) return false;
  }
  while (NextType(parser) != AppnetParser::LEFT_BRACE) parser->consume();
  return true;
}

}  // namespace appnet::parse
