#pragma once
// Contract: a FileSystem in memory, for tests and for texts that are in no file. Paths are absolute or
// relative to "/"; folders are there when a file is below them. Links: none.

#include <map>
#include <string>

#include "base/file_system.h"

namespace appnet::base {

class MemoryFileSystem : public FileSystem {
 public:
  MemoryFileSystem() = default;
  explicit MemoryFileSystem(const std::map<std::string, std::string>& files);

  Result<std::string> Read(const std::string& path) const override;
  bool Exists(const std::string& path) const override;
  bool IsDirectory(const std::string& path) const override;
  Result<std::vector<std::string>> List(const std::string& path) const override;
  Result<std::string> RealPath(const std::string& path) const override;
  Status WriteFile(const std::string& path, std::string_view bytes) override;
  Status WriteFolder(const std::string& path, const std::vector<Entry>& entries) override;

  // From now on reading and writing this path fails, as a broken disk would.
  void Break(const std::string& path, std::string why);
  // By absolute path.
  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  std::map<std::string, std::string> files_;
  std::map<std::string, std::string> broken_;
};

}  // namespace appnet::base
