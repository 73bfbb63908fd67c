#include "format/lay_out.h"

#include <algorithm>
#include <cstddef>

#include "format/format.h"

namespace appnet::format {
namespace {

constexpr std::size_t kIndent = 4;

// In characters: bytes of UTF-8 but those that continue one.
std::size_t WidthOf(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

// `host`, `NAME =` and the rest.
bool IsDeclaration(const Line& line) {
  return line.pieces.size() > 2 && line.pieces[1].text.ends_with(" =") && line.pieces[0].comments.empty();
}

// Comments and annotations between two declarations don't part them.
bool IsBetween(const Line& line) { return line.pieces.empty() || line.pieces[0].text.starts_with('@'); }

// Ends of neighbouring declarations of one kind, from `begin` on.
std::size_t EndOfNeighbours(const std::vector<Line>& lines, std::size_t begin) {
  std::size_t end = begin + 1;
  for (std::size_t i = end; i < lines.size() && !lines[i].apart; ++i) {
    if (IsBetween(lines[i])) continue;
    if (!IsDeclaration(lines[i]) || lines[i].pieces[0].text != lines[begin].pieces[0].text) break;
    end = i + 1;
  }
  return end;
}

void AlignSigns(std::vector<Line>& lines) {
  for (std::size_t begin = 0; begin < lines.size(); ++begin) {
    if (!IsDeclaration(lines[begin])) continue;
    const std::size_t end = EndOfNeighbours(lines, begin);
    std::size_t width = 0;
    for (std::size_t i = begin; i < end; ++i) {
      if (!IsBetween(lines[i])) width = std::max(width, WidthOf(lines[i].pieces[1].text));
    }
    for (std::size_t i = begin; i < end; ++i) {
      if (IsBetween(lines[i])) continue;
      std::string& name = lines[i].pieces[1].text;
      name.insert(name.size() - 1, width - WidthOf(name), ' ');
    }
    begin = end - 1;
  }
}

// The columns that the pieces up to the next possible break take.
std::size_t WidthToBreak(const std::vector<Piece>& pieces, std::size_t i) {
  std::size_t width = 0;
  do {
    width += (pieces[i].space_before ? 1 : 0) + WidthOf(pieces[i].text);
    ++i;
  } while (i < pieces.size() && !pieces[i].may_break && pieces[i - 1].comments.empty());
  return width;
}

class LineWriter {
 public:
  void Write(const Line& line) {
    if (line.apart) text_ += '\n';
    BeginAt(static_cast<std::size_t>(line.depth) * kIndent);
    const std::size_t further = ColumnOfMore(line);
    for (std::size_t i = 0; i < line.pieces.size(); ++i) {
      const Piece& piece = line.pieces[i];
      const bool commented = i > 0 && !line.pieces[i - 1].comments.empty();
      if (commented || (piece.may_break && column_ + WidthToBreak(line.pieces, i) > kWidth)) {
        text_ += '\n';
        BeginAt(further);
      } else if (piece.space_before) {
        Add(" ");
      }
      Add(piece.text);
      WriteComments(piece.comments, further);
    }
    if (!line.comment.empty()) Add(line.pieces.empty() ? "" : "  ");
    Add(line.comment);
    text_ += '\n';
  }
  std::string Take() { return std::move(text_); }

 private:
  // Where a line that is broken goes on: a declaration under its first member, if that leaves room.
  static std::size_t ColumnOfMore(const Line& line) {
    const std::size_t indent = static_cast<std::size_t>(line.depth) * kIndent;
    if (!IsDeclaration(line)) return indent + kIndent;
    const std::size_t column = indent + WidthOf(line.pieces[0].text) + WidthOf(line.pieces[1].text) + 2;
    return column <= kWidth / 2 ? column : indent + kIndent;
  }

  void WriteComments(const std::vector<Comment>& comments, std::size_t column) {
    for (std::size_t i = 0; i < comments.size(); ++i) {
      if (i == 0 && comments[i].trails) {
        Add("  ");
      } else {
        text_ += '\n';
        BeginAt(column);
      }
      Add(comments[i].text);
    }
  }

  void BeginAt(std::size_t column) {
    text_.append(column, ' ');
    column_ = column;
  }
  void Add(std::string_view text) {
    text_ += text;
    column_ += WidthOf(text);
  }

  std::string text_;
  std::size_t column_ = 0;
};

}  // namespace

std::string LayOut(std::vector<Line> lines) {
  AlignSigns(lines);
  LineWriter writer;
  for (const Line& line : lines) writer.Write(line);
  return writer.Take();
}

}  // namespace appnet::format
