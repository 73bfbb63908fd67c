#pragma once
// Contract: owns the text of every source file for the life of a compilation; string_views into it stay valid
// while the map lives (moving the map keeps them). A Span is a byte range of one file; lines and columns
// count from 1, columns in characters (UTF-8 code points); a byte order mark counts for nothing.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace appnet::source {

using FileId = std::uint32_t;
inline constexpr FileId kNoFile = ~FileId{0};

struct Span {
  FileId file = kNoFile;
  std::uint32_t begin = 0;  // byte offset
  std::uint32_t end = 0;    // one past the last byte
  friend bool operator==(const Span&, const Span&) = default;
};

// From the start of the first to the end of the last; both in one file.
Span Join(const Span& first, const Span& last);

struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

class SourceMap {
 public:
  // `name` is the path as it is shown in messages.
  FileId Add(std::string name, std::string text);
  // Text that is in no file, such as a sentence of the command line: `name` says what it is.
  FileId AddSentence(std::string name, std::string text);

  const std::string& Name(FileId file) const;
  bool IsFile(FileId file) const;
  std::string_view Text(FileId file) const;
  std::string_view Text(const Span& span) const;
  Position PositionOf(FileId file, std::uint32_t offset) const;
  // Without the line break.
  std::string_view Line(FileId file, std::uint32_t line) const;
  // "workstation.appnet:14"
  std::string FileLine(const Span& span) const;
  std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::string name;
    std::string text;
    bool is_file = true;
    std::vector<std::uint32_t> line_starts;
    // The last place PositionOf was asked for: messages come in order, and a line may be a megabyte long.
    mutable std::uint32_t asked_at = 0;
    mutable std::uint32_t asked_column = 1;
  };
  std::vector<std::unique_ptr<File>> files_;
};

}  // namespace appnet::source
