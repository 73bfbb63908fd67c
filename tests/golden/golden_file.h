#pragma once
// Contract: a golden case as a text file: a few words on what it shows, then sections, each under a line
// `--- title`. Reading and writing are inverse but for empty lines at the end of a section.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace appnet::golden {

struct Section {
  std::string title;
  std::string text;  // without empty lines at its end; ends with a newline unless empty
};

struct GoldenFile {
  std::string about;
  std::vector<Section> sections;

  const std::string* Find(std::string_view title) const;
};

// `text` without the empty lines at its end, as sections hold it.
std::string Trimmed(std::string_view text);

GoldenFile ReadGolden(std::string_view text);
// No value when a section could not be read back: a line of it looks like a title.
std::optional<std::string> WriteGolden(const GoldenFile& file);

}  // namespace appnet::golden
