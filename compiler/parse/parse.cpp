#include "parse/parse.h"

#include <AppnetLexer.h>
#include <AppnetParser.h>
#include <antlr4-runtime.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "base/check.h"
#include "parse/build_ast.h"
#include "parse/byte_stream.h"
#include "parse/check_nesting.h"
#include "parse/check_text.h"
#include "parse/syntax_errors.h"

namespace appnet::parse {
namespace {

using antlr4::atn::ParserATNSimulator;
using antlr4::atn::PredictionMode;
using generated::AppnetLexer;
using generated::AppnetParser;

// Lexer, tokens and parser of one text, which refer to each other.
class Reading {
 public:
  Reading(const source::SourceMap& sources, source::FileId file, std::string_view whole, std::size_t begin)
      : sources_(sources),
        file_(file),
        whole_(whole),
        bytes_(sources.Text(file), begin),
        lexer_(&bytes_),
        tokens_(&lexer_),
        parser_(&tokens_) {
    // Every byte is some token, if only UNKNOWN: the lexer itself has nothing to say.
    lexer_.removeErrorListeners();
    parser_.removeErrorListeners();
    tokens_.fill();
  }

  bool IsEmpty() {
    return std::ranges::all_of(tokens_.getTokens(), [](antlr4::Token* token) {
      return token->getType() == antlr4::Token::EOF || token->getChannel() != antlr4::Token::DEFAULT_CHANNEL;
    });
  }

  bool NestingIsBounded(diag::Emitter& emitter) {
    std::vector<antlr4::Token*> visible;
    for (antlr4::Token* token : tokens_.getTokens()) {
      if (token->getChannel() == antlr4::Token::DEFAULT_CHANNEL) visible.push_back(token);
    }
    return CheckNesting(visible, file_, emitter);
  }

  // The tree of `rule`; null when so many errors were reported that reading stopped.
  // SLL prediction is fast and right for correct texts; where it fails, LL says what is wrong.
  template <typename Context>
  Context* Read(Context* (AppnetParser::*rule)(), diag::Emitter& emitter) {
    try {
      parser_.setErrorHandler(std::make_shared<antlr4::BailErrorStrategy>());
      parser_.getInterpreter<ParserATNSimulator>()->setPredictionMode(PredictionMode::SLL);
      return (parser_.*rule)();
    } catch (const antlr4::ParseCancellationException&) {
      return ReadAgain(rule, emitter);
    }
  }

 private:
  template <typename Context>
  Context* ReadAgain(Context* (AppnetParser::*rule)(), diag::Emitter& emitter) {
    tokens_.seek(0);
    parser_.reset();
    parser_.setErrorHandler(std::make_shared<SyntaxErrors>(sources_, file_, whole_, emitter));
    parser_.getInterpreter<ParserATNSimulator>()->setPredictionMode(PredictionMode::LL);
    try {
      return (parser_.*rule)();
    } catch (const SyntaxErrors::TooMany&) {
      return nullptr;
    }
  }

  const source::SourceMap& sources_;
  source::FileId file_;
  std::string_view whole_;
  ByteStream bytes_;
  AppnetLexer lexer_;
  antlr4::CommonTokenStream tokens_;
  AppnetParser parser_;
};

}  // namespace

ast::File Parse(const source::SourceMap& sources, source::FileId file, diag::Emitter& emitter) {
  APPNET_CHECK(sources.Text(file).size() < std::numeric_limits<std::uint32_t>::max(),
               "a source file above 4 GiB");
  const std::optional<std::size_t> begin = CheckText(sources, file, "file", emitter);
  if (!begin) return {file, {}};
  Reading reading(sources, file, "file", *begin);
  if (!reading.NestingIsBounded(emitter)) return {file, {}};
  AppnetParser::FileContext* tree = reading.Read(&AppnetParser::file, emitter);
  if (tree == nullptr) return {file, {}};
  return BuildFile(sources, file, *tree, emitter);
}

std::optional<ast::Question> ParseQuestion(const source::SourceMap& sources, source::FileId file,
                                           diag::Emitter& emitter) {
  const std::optional<std::size_t> begin = CheckText(sources, file, "sentence", emitter);
  if (!begin) return std::nullopt;
  Reading reading(sources, file, "sentence", *begin);
  if (reading.IsEmpty()) {
    emitter.Report(diag::Kind::kSyntaxError, {file, 0, 0}, "the sentence is empty")
        .Help(std::string(kQuestionForms));
    return std::nullopt;
  }
  if (!reading.NestingIsBounded(emitter)) return std::nullopt;
  const std::size_t errors = emitter.error_count();
  AppnetParser::QuestionContext* tree = reading.Read(&AppnetParser::question, emitter);
  if (tree == nullptr || emitter.error_count() > errors) return std::nullopt;
  return BuildQuestion(sources, file, *tree, emitter);
}

}  // namespace appnet::parse
