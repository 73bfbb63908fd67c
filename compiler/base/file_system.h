#pragma once
// Contract: the only door to files. Everything the compiler reads or writes goes through a FileSystem, so
// that tests can fake one. Errors say what could not be done with which path and why, in the system's words.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace appnet::base {

// A larger file is refused rather than read into memory.
inline constexpr std::size_t kLargestFile = std::size_t{256} << 20U;

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // The whole file. Directories, unreadable and missing files are errors; so is what is no regular file (a
  // FIFO would hang, /dev/zero never ends) or is larger than kLargestFile.
  virtual Result<std::string> Read(const std::string& path) const = 0;
  virtual bool Exists(const std::string& path) const = 0;
  virtual bool IsDirectory(const std::string& path) const = 0;
  // Names of the entries of a folder, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> List(const std::string& path) const = 0;
  // The file's real place: absolute, without links, "." or "..".
  virtual Result<std::string> RealPath(const std::string& path) const = 0;

  // Writes to a temporary name beside the path and renames it: the path holds the old bytes or all of the new
  // ones. A file that is replaced keeps its permissions, a new one has 0666 less the umask; a link is
  // followed. What is there and is no regular file (/dev/stdout, a FIFO) is written to directly.
  virtual Status WriteFile(const std::string& path, std::string_view bytes) = 0;

  struct Entry {
    std::string name;  // relative to the folder, no folders of its own
    std::string bytes;
    bool executable = false;
  };
  // Replaces the folder by one that holds exactly the entries; the old one goes only once the new one is
  // complete. A folder that holds folders is none of ours and is refused.
  virtual Status WriteFolder(const std::string& path, const std::vector<Entry>& entries) = 0;
};

// Interruption: SIGINT, SIGTERM and SIGHUP are held back while something is written and take effect when the
// temporary file has been renamed or removed; one that comes before the rename prevents it. So an interrupted
// write leaves the old file and nothing beside it. (A kill -9 can leave a NAME.tmp-XXXXXX.)
std::unique_ptr<FileSystem> RealFileSystem();

}  // namespace appnet::base
