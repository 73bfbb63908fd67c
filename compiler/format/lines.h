#pragma once
// Contract: the words of a file as the lines of its canonical layout, before it is known how wide they get: a
// line is a statement up to its `;`, a head up to its `{`, a `}`, an annotation or a comment. Not for other
// rooms.

#include <string>
#include <string_view>
#include <vector>

#include "parse/tokens.h"

namespace appnet::format {

struct Comment {
  std::string_view text;
  bool trails = false;  // stands behind a word on its line
  bool apart = false;   // an empty line before it
};

// Words that stay together (`tcp/443,`). Comments stand between pieces only.
struct Piece {
  std::string text;
  bool may_break = false;  // may begin a new line where the line is full; any may after a comment
  bool space_before = false;
  std::vector<Comment> comments;  // after it
};

struct Line {
  int depth = 0;
  bool apart = false;         // an empty line before it
  std::vector<Piece> pieces;  // none: a comment alone
  std::string_view comment;   // behind the last piece, or alone
};

// A comment as it is written again: without spaces at its end.
std::string_view CommentText(std::string_view text);

std::vector<Line> SplitIntoLines(const std::vector<parse::Token>& tokens, std::string_view text);

}  // namespace appnet::format
