#pragma once
// Contract: what the parser does at a syntax error: say it once, in the user's words, and go on at the next
// statement.
//
// An error unwinds to the statement it is in, which skips to its `;`, to the `}` around it, or to a line that
// begins with a statement's word. The head of a block is given up alone when a `{` follows, so its body is
// still read. A `;` that is missing at the end of a line is taken as written. Not for other rooms.

#include <antlr4-runtime.h>

#include "diag/emitter.h"
#include "parse/complaint.h"
#include "source/source_map.h"

namespace appnet::parse {

class SyntaxErrors : public antlr4::DefaultErrorStrategy {
 public:
  // Thrown through the parser when there were kMaxSyntaxErrors.
  struct TooMany {};

  // `whole`: what is read, "file" or "sentence".
  SyntaxErrors(const source::SourceMap& sources, source::FileId file, std::string_view whole,
               diag::Emitter& emitter)
      : file_(file), emitter_(emitter), complainer_(sources, file, whole, emitter) {}

  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) override;
  void recover(antlr4::Parser* parser, std::exception_ptr error) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;
  void sync(antlr4::Parser* parser) override;

 private:
  // False while the parser is still recovering from the error before.
  bool Begin(antlr4::Parser* parser);
  void CountOrStop(antlr4::Parser* parser);
  void Complain(antlr4::Parser* parser, const antlr4::misc::IntervalSet& expected);
  void ComplainOfStatement(antlr4::Parser* parser, bool in_block);
  void SkipStatement(antlr4::Parser* parser);
  bool SkipToBody(antlr4::Parser* parser, bool in_template);

  source::FileId file_;
  diag::Emitter& emitter_;
  Complainer complainer_;
  int count_ = 0;
};

}  // namespace appnet::parse
