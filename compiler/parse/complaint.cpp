#include "parse/complaint.h"

#include <AppnetParser.h>
#include <fmt/format.h>

#include "diag/suggest.h"
#include "parse/due.h"
#include "parse/token_span.h"
#include "parse/token_words.h"

namespace appnet::parse {

using antlr4::Token;
using diag::Kind;
using generated::AppnetParser;
using source::Span;

std::string_view Complainer::TextOf(Token* token) const { return sources_.Text(SpanOf(file_, *token)); }

std::string Complainer::Found(Token* token) const {
  return token->getType() == Token::EOF ? fmt::format("the end of the {}", whole_) : Quoted(TextOf(token));
}

Span Complainer::SpanAt(Token* token) const { return SpanOf(file_, *token); }

void Complainer::Unexpected(const Obstacle& obstacle) {
  if (UnreadableToken(obstacle.found) || ReservedWord(obstacle)) return;
  if (obstacle.IsDue(AppnetParser::SEMICOLON)) return NoSemicolon(obstacle);
  if (obstacle.IsDue(AppnetParser::RIGHT_BRACE)) return UnclosedBlock(obstacle);
  const std::string due = WhatIsDue(obstacle);
  const std::string after =
      obstacle.before == nullptr ? "" : fmt::format(" after {}", Quoted(TextOf(obstacle.before)));
  auto report = emitter_.Report(Kind::kSyntaxError, SpanAt(obstacle.found),
                                fmt::format("expected {}{}, found {}", due, after, Found(obstacle.found)));
  if (const std::optional<std::string> advice = AdviceOn(obstacle)) report.Help(*advice);
}

void Complainer::NoStatement(Token* found, bool in_block) {
  if (UnreadableToken(found)) return;
  const Span span = SpanAt(found);
  switch (found->getType()) {
    case AppnetParser::RIGHT_BRACE:
      emitter_.Report(Kind::kSyntaxError, span, "this `}` closes no block");
      return;
    case AppnetParser::SEMICOLON:
      emitter_.Report(Kind::kSyntaxError, span, "this `;` ends no statement")
          .Help("remove it; a block needs none after its `}`");
      return;
    case AppnetParser::ELSE:
      emitter_.Report(Kind::kSyntaxError, span, "this `else` follows no `if` block");
      return;
    default:
      break;
  }
  auto report = emitter_.Report(
      Kind::kSyntaxError, span,
      fmt::format("expected a statement{}, found {}", in_block ? " or `}`" : "", Found(found)));
  if (found->getType() != AppnetParser::NAME) return;
  if (const auto nearest = diag::Nearest(TextOf(found), StatementWords())) {
    report.DidYouMean(*nearest);
  }
}

// Text the lexer could make no word of: what was due instead is beside the point.
bool Complainer::UnreadableToken(Token* token) {
  const Span span = SpanAt(token);
  switch (token->getType()) {
    case AppnetParser::UNTERMINATED_STRING:
      emitter_
          .Report(Kind::kUnterminatedString, {file_, span.begin, span.begin + 1}, "this text is never closed")
          .Help("a quoted text ends with `\"` on the same line");
      return true;
    case AppnetParser::BAD_NUMBER:
      emitter_.Report(Kind::kSyntaxError, span,
                      fmt::format("{} is neither a number nor an address", Quoted(TextOf(token))));
      return true;
    case AppnetParser::UNKNOWN:
      UnknownCharacter(token);
      return true;
    default:
      return false;
  }
}

void Complainer::UnknownCharacter(Token* token) {
  const std::string_view text = TextOf(token);
  // A run of characters that are not ASCII is one token: the first one is named.
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) ++length;
  const std::string_view character = text.substr(0, length);
  auto report =
      emitter_.Report(Kind::kSyntaxError, SpanAt(token), fmt::format("unexpected character `{}`", character));
  if (character == "!") report.Help("write `not`");
  if (character == "&") report.Help("write `and`");
  if (character == "|") report.Help("write `or`");
  if (character == "%") report.Help("an address has no zone; name the interface with `via`");
  if (character == "'" || character == "\u201C" || character == "\u201D")
    report.Help("a text stands between straight double quotes, like `\"eth0\"`");
  if (character == "\u00A0") report.Help("this is a no-break space; write an ordinary one");
}

// `host label = ...`
bool Complainer::ReservedWord(const Obstacle& obstacle) {
  if (obstacle.before == nullptr || !IsReservedWord(obstacle.found->getType())) return false;
  if (!DeclaresName(*obstacle.before) || !obstacle.IsDue(AppnetParser::NAME)) return false;
  emitter_.Report(Kind::kReservedName, SpanAt(obstacle.found),
                  fmt::format("{} is a reserved word and can't be the name of a {}",
                              Quoted(TextOf(obstacle.found)), TextOf(obstacle.before)));
  return true;
}

void Complainer::NoSemicolon(const Obstacle& obstacle) {
  const std::string_view what = IsRule(obstacle) ? "rule" : "statement";
  const bool same_line =
      obstacle.before != nullptr && obstacle.before->getLine() == obstacle.found->getLine();
  if (!same_line && obstacle.before != nullptr) {
    // The end of the line before is where the semicolon goes.
    const Span before = SpanAt(obstacle.before);
    emitter_.Report(Kind::kSyntaxError, {file_, before.end, before.end},
                    fmt::format("expected `;` after this {}", what));
    return;
  }
  if (BeginsItem(obstacle.found->getType()) && EndsItem(obstacle)) {
    auto report = emitter_.Report(Kind::kSyntaxError, SpanAt(obstacle.found),
                                  fmt::format("expected `,` or `;` after {}, found {}",
                                              Quoted(TextOf(obstacle.before)), Found(obstacle.found)));
    if (!IsRule(obstacle) || obstacle.found->getType() != AppnetParser::NAME) return;
    if (const auto nearest = diag::Nearest(TextOf(obstacle.found), {"to", "from", "at", "via", "as"}))
      report.DidYouMean(*nearest);
    return;
  }
  auto report =
      emitter_.Report(Kind::kSyntaxError, SpanAt(obstacle.found),
                      fmt::format("expected `;` after this {}, found {}", what, Found(obstacle.found)));
  if (const std::optional<std::string> advice = AdviceOn(obstacle)) report.Help(*advice);
}

void Complainer::UnclosedBlock(const Obstacle& obstacle) {
  emitter_
      .Report(Kind::kSyntaxError, SpanAt(obstacle.found),
              fmt::format("expected `}}`, found {}", Found(obstacle.found)))
      .Label(SpanAt(obstacle.context->getStart()), "this block is never closed");
}

}  // namespace appnet::parse
