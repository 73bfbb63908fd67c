#include "artifact/sums.h"

#include <map>

#include "base/check.h"
#include "base/digest.h"

namespace appnet::artifact {
namespace {

constexpr std::size_t kHexDigits = 64;

// Name to digest; problems of form go to `problems`.
std::map<std::string, std::string, std::less<>> ReadSums(std::string_view text,
                                                         std::vector<std::string>& problems) {
  std::map<std::string, std::string, std::less<>> digests;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.size() < kHexDigits + 3 || line.find_first_not_of("0123456789abcdef") != kHexDigits ||
        line.substr(kHexDigits, 2) != "  ") {
      problems.emplace_back("SHA256SUMS has a line that is no digest and name");
      continue;
    }
    const std::string name(line.substr(kHexDigits + 2));
    if (!digests.emplace(name, line.substr(0, kHexDigits)).second) {
      problems.push_back("SHA256SUMS names " + name + " twice");
    }
  }
  return digests;
}

}  // namespace

std::string Sums(const std::vector<base::OutputFile>& files) {
  std::string text;
  for (const base::OutputFile& file : files) {
    APPNET_CHECK(file.name.find_first_of("\n\\") == std::string::npos, "a file name sha256sum would escape");
    text += base::Sha256(file.bytes) + "  " + file.name + "\n";
  }
  return text;
}

std::vector<std::string> CheckSums(const std::vector<base::OutputFile>& files) {
  std::vector<std::string> problems;
  const base::OutputFile* sums = nullptr;
  for (const base::OutputFile& file : files) {
    if (file.name == kSumsName) sums = &file;
  }
  if (sums == nullptr) return {"SHA256SUMS is missing"};
  auto digests = ReadSums(sums->bytes, problems);
  for (const base::OutputFile& file : files) {
    if (&file == sums) continue;
    const auto it = digests.find(file.name);
    if (it == digests.end()) {
      problems.push_back(file.name + " is not in SHA256SUMS");
      continue;
    }
    if (it->second != base::Sha256(file.bytes)) problems.push_back(file.name + " differs from SHA256SUMS");
    digests.erase(it);
  }
  for (const auto& [name, digest] : digests) problems.push_back(name + " is in SHA256SUMS but missing");
  return problems;
}

}  // namespace appnet::artifact
