#pragma once
// Contract: the words of a text as they stand, comments among them, for those who keep the text rather than
// its tree. The texts and the spaces between them are the whole file; a byte order mark is left out.

#include <string_view>
#include <vector>

#include "source/source_map.h"

namespace appnet::parse {

struct Token {
  std::string_view text;  // of a comment: from `#` to the end of the line
  source::Span span;
  bool comment = false;
};

// Nothing for what is no text (see check_text.h).
std::vector<Token> ReadTokens(const source::SourceMap& sources, source::FileId file);

}  // namespace appnet::parse
