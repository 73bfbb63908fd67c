#pragma once
// What the tests of the parser share: a text, its tree and its messages.

#include <string>

#include "ast/ast.h"
#include "ast/print.h"
#include "diag/emitter.h"
#include "diag/render_text.h"
#include "parse/parse.h"
#include "source/source_map.h"

namespace appnet::parse {

struct Parsed {
  explicit Parsed(std::string text) : file_id(sources.Add("a.appnet", std::move(text))) {
    file = Parse(sources, file_id, emitter);
  }

  // "line:column: message [slug]" of each, with its helps.
  std::string Messages() const {
    std::string out;
    for (const diag::Diagnostic& d : emitter.Sorted()) {
      const source::Position at = sources.PositionOf(d.span->file, d.span->begin);
      out += std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + d.message + " [" +
             std::string(SlugOf(d.kind)) + "]\n";
      for (const std::string& help : d.helps) out += "  " + help + "\n";
    }
    return out;
  }
  // The text that the first message underlines.
  std::string_view Underlined() const { return sources.Text(*emitter.Sorted().front().span); }
  std::string Printed() const { return ast::Print(file); }

  source::SourceMap sources;
  source::FileId file_id;
  diag::Emitter emitter;
  ast::File file;
};

}  // namespace appnet::parse
