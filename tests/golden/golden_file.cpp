#include "golden/golden_file.h"

namespace appnet::golden {
namespace {

constexpr std::string_view kTitle = "--- ";

}  // namespace

const std::string* GoldenFile::Find(std::string_view title) const {
  for (const Section& section : sections) {
    if (section.title == title) return &section.text;
  }
  return nullptr;
}

std::string Trimmed(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  return text.empty() ? std::string() : std::string(text) + '\n';
}

GoldenFile ReadGolden(std::string_view text) {
  GoldenFile file;
  std::string* current = &file.about;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(kTitle)) {
      file.sections.push_back({std::string(line.substr(kTitle.size())), ""});
      current = &file.sections.back().text;
    } else {
      current->append(line).push_back('\n');
    }
  }
  file.about = Trimmed(file.about);
  for (Section& section : file.sections) section.text = Trimmed(section.text);
  return file;
}

std::optional<std::string> WriteGolden(const GoldenFile& file) {
  std::string text = file.about;
  for (const Section& section : file.sections) {
    if (section.text.starts_with(kTitle) ||
        section.text.find("\n" + std::string(kTitle)) != std::string::npos)
      return std::nullopt;
    text.append(kTitle).append(section.title).append("\n").append(section.text);
  }
  return text;
}

}  // namespace appnet::golden
