#include "format/format.h"

#include "base/check.h"
#include "format/lay_out.h"
#include "format/lines.h"
#include "parse/parse.h"
#include "parse/tokens.h"

namespace appnet::format {
namespace {

struct Words {
  std::vector<std::string> words;
  std::vector<std::string> comments;
  friend bool operator==(const Words&, const Words&) = default;
};

Words WordsOf(const std::vector<parse::Token>& tokens) {
  Words words;
  for (const parse::Token& token : tokens) {
    if (token.comment) {
      words.comments.emplace_back(CommentText(token.text));
    } else {
      words.words.emplace_back(token.text);
    }
  }
  return words;
}

}  // namespace

std::optional<std::string> Format(const source::SourceMap& sources, source::FileId file,
                                  diag::Emitter& emitter) {
  const std::size_t errors = emitter.error_count();
  parse::Parse(sources, file, emitter);
  if (emitter.error_count() > errors) return std::nullopt;
  const std::vector<parse::Token> tokens = parse::ReadTokens(sources, file);
  std::string text = LayOut(SplitIntoLines(tokens, sources.Text(file)));
  source::SourceMap written;
  const source::FileId again = written.Add(sources.Name(file), text);
  APPNET_CHECK(WordsOf(parse::ReadTokens(written, again)) == WordsOf(tokens),
               "formatting changed more than the layout");
  return text;
}

}  // namespace appnet::format
