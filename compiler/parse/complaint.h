#pragma once
// Contract: puts a syntax error into the user's words: what was due, after what, and what stood there
// instead. Reads tokens only; recovery is syntax_errors' business. Not for other rooms.

#include <antlr4-runtime.h>

#include <optional>
#include <string>

#include "diag/emitter.h"
#include "source/source_map.h"

namespace appnet::parse {

// Where the parser stopped.
struct Obstacle {
  antlr4::TokenStream* tokens;
  antlr4::Token* found;   // the token that does not fit
  antlr4::Token* before;  // the one before it; null at the start of the file
  const antlr4::misc::IntervalSet& expected;
  antlr4::ParserRuleContext* context;  // the grammar rule that was being read
  const antlr4::dfa::Vocabulary& words;

  bool IsDue(std::size_t type) const { return expected.contains(type); }
};

class Complainer {
 public:
  // `whole`: what is read, "file" or "sentence".
  Complainer(const source::SourceMap& sources, source::FileId file, std::string_view whole,
             diag::Emitter& emitter)
      : sources_(sources), file_(file), whole_(whole), emitter_(emitter) {}

  void Unexpected(const Obstacle& obstacle);
  // Where a statement should begin.
  void NoStatement(antlr4::Token* found, bool in_block);

 private:
  bool UnreadableToken(antlr4::Token* token);
  void UnknownCharacter(antlr4::Token* token);
  bool ReservedWord(const Obstacle& obstacle);
  void NoSemicolon(const Obstacle& obstacle);
  void UnclosedBlock(const Obstacle& obstacle);

  std::string_view TextOf(antlr4::Token* token) const;
  std::string Found(antlr4::Token* token) const;
  source::Span SpanAt(antlr4::Token* token) const;

  const source::SourceMap& sources_;
  source::FileId file_;
  std::string_view whole_;
  diag::Emitter& emitter_;
};

}  // namespace appnet::parse
