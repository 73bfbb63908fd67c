#include "source/source_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"

namespace appnet::source {

Span Join(const Span& first, const Span& last) {
  APPNET_CHECK(first.file == last.file, "joining spans of two files");
  return {first.file, first.begin, last.end};
}

FileId SourceMap::Add(std::string name, std::string text) {
  auto file = std::make_unique<File>();
  file->name = std::move(name);
  file->text = std::move(text);
  // A byte order mark is no part of the first line.
  file->line_starts.push_back(file->text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  for (std::size_t i = 0; i < file->text.size(); ++i) {
    if (file->text[i] == '\n') file->line_starts.push_back(static_cast<std::uint32_t>(i + 1));
  }
  files_.push_back(std::move(file));
  return static_cast<FileId>(files_.size() - 1);
}

FileId SourceMap::AddSentence(std::string name, std::string text) {
  const FileId added = Add(std::move(name), std::move(text));
  files_.back()->is_file = false;
  return added;
}

bool SourceMap::IsFile(FileId file) const { return files_.at(file)->is_file; }

const std::string& SourceMap::Name(FileId file) const { return files_.at(file)->name; }

std::string_view SourceMap::Text(FileId file) const { return files_.at(file)->text; }

std::string_view SourceMap::Text(const Span& span) const {
  return Text(span.file).substr(span.begin, span.end - span.begin);
}

Position SourceMap::PositionOf(FileId file, std::uint32_t offset) const {
  const File& f = *files_.at(file);
  const auto after = std::upper_bound(f.line_starts.begin(), f.line_starts.end(), offset);
  const auto line = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(after - f.line_starts.begin()));
  const std::uint32_t end = std::min<std::uint32_t>(offset, static_cast<std::uint32_t>(f.text.size()));
  std::uint32_t at = f.line_starts[line - 1];
  std::uint32_t column = 1;
  if (f.asked_at >= at && f.asked_at <= end) {  // further on in the line that was asked for last
    at = f.asked_at;
    column = f.asked_column;
  }
  for (; at < end; ++at) {
    if ((static_cast<unsigned char>(f.text[at]) & 0xC0U) != 0x80U) ++column;  // not a continuation byte
  }
  f.asked_at = at;
  f.asked_column = column;
  return {line, column};
}

std::string_view SourceMap::Line(FileId file, std::uint32_t line) const {
  const File& f = *files_.at(file);
  const std::uint32_t begin = f.line_starts.at(line - 1);
  std::size_t end = f.text.find('\n', begin);
  if (end == std::string::npos) end = f.text.size();
  if (end > begin && f.text[end - 1] == '\r') --end;
  return std::string_view(f.text).substr(begin, end - begin);
}

std::string SourceMap::FileLine(const Span& span) const {
  return fmt::format("{}:{}", Name(span.file), PositionOf(span.file, span.begin).line);
}

}  // namespace appnet::source
