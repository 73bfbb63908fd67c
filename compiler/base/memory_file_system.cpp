#include "base/memory_file_system.h"

#include <filesystem>
#include <set>
#include <utility>

#include "base/file_descriptor.h"

namespace appnet::base {
namespace {

constexpr std::string_view kMissing = "No such file or directory";

// "/a/b": absolute, without "." or "..", without a slash at the end.
std::string Normal(const std::string& path) {
  std::string normal = (std::filesystem::path("/") / path).lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

std::string Below(const std::string& folder) { return folder == "/" ? folder : folder + '/'; }

}  // namespace

MemoryFileSystem::MemoryFileSystem(const std::map<std::string, std::string>& files) {
  for (const auto& [path, bytes] : files) files_[Normal(path)] = bytes;
}

Result<std::string> MemoryFileSystem::Read(const std::string& path) const {
  const std::string normal = Normal(path);
  if (const auto broken = broken_.find(normal); broken != broken_.end()) {
    return FileError("read", path, broken->second);
  }
  if (const auto found = files_.find(normal); found != files_.end()) return found->second;
  return FileError("read", path, IsDirectory(path) ? "it is a directory" : kMissing);
}

bool MemoryFileSystem::Exists(const std::string& path) const {
  return files_.count(Normal(path)) > 0 || IsDirectory(path);
}

bool MemoryFileSystem::IsDirectory(const std::string& path) const {
  const std::string below = Below(Normal(path));
  const auto first = files_.lower_bound(below);
  return below == "/" || (first != files_.end() && first->first.starts_with(below));
}

Result<std::vector<std::string>> MemoryFileSystem::List(const std::string& path) const {
  if (!IsDirectory(path)) return FileError("list", path, Exists(path) ? "Not a directory" : kMissing);
  const std::string below = Below(Normal(path));
  std::set<std::string> names;
  for (auto file = files_.lower_bound(below); file != files_.end() && file->first.starts_with(below);
       ++file) {
    const std::string rest = file->first.substr(below.size());
    names.insert(rest.substr(0, rest.find('/')));
  }
  return std::vector<std::string>(names.begin(), names.end());
}

Result<std::string> MemoryFileSystem::RealPath(const std::string& path) const {
  if (!Exists(path)) return FileError("find", path, kMissing);
  return Normal(path);
}

Status MemoryFileSystem::WriteFile(const std::string& path, std::string_view bytes) {
  const std::string normal = Normal(path);
  if (const auto broken = broken_.find(normal); broken != broken_.end()) {
    return FileError("write", path, broken->second);
  }
  if (IsDirectory(path)) return FileError("write", path, "it is a directory");
  files_[normal] = std::string(bytes);
  return Done{};
}

Status MemoryFileSystem::WriteFolder(const std::string& path, const std::vector<Entry>& entries) {
  const std::string normal = Normal(path);
  if (files_.count(normal) > 0) return FileError("replace", path, "it is not a directory");
  const std::string below = Below(normal);
  for (const Entry& entry : entries) {
    if (const auto broken = broken_.find(below + entry.name); broken != broken_.end()) {
      return FileError("write", path, broken->second);
    }
  }
  std::erase_if(files_, [&below](const auto& file) { return file.first.starts_with(below); });
  for (const Entry& entry : entries) files_[below + entry.name] = entry.bytes;
  return Done{};
}

void MemoryFileSystem::Break(const std::string& path, std::string why) {
  broken_[Normal(path)] = std::move(why);
}

}  // namespace appnet::base
