#include "base/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/file_descriptor.h"
#include "base/write_atomically.h"

namespace appnet::base {
namespace {

class PosixFileSystem : public FileSystem {
 public:
  Result<std::string> Read(const std::string& path) const override {
    // Without O_NONBLOCK, opening a FIFO would wait for a writer.
    const FileDescriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    struct stat about {};
    if (!file.open() || fstat(file.number(), &about) != 0) return SystemError("read", path);
    if (S_ISDIR(about.st_mode)) return FileError("read", path, "it is a directory");
    if (!S_ISREG(about.st_mode)) return FileError("read", path, "it is not a regular file");
    const Error too_large =
        FileError("read", path, fmt::format("it is larger than {} MiB", kLargestFile >> 20U));
    if (about.st_size > static_cast<off_t>(kLargestFile)) return too_large;
    std::string bytes;
    bytes.reserve(static_cast<std::size_t>(about.st_size) + 1);
    // The size may be wrong: the file may grow, and files of /proc say 0.
    if (!file.ReadUpTo(bytes, kLargestFile + 1)) return SystemError("read", path);
    if (bytes.size() > kLargestFile) return too_large;
    return bytes;
  }

  bool Exists(const std::string& path) const override {
    struct stat about {};
    return stat(path.c_str(), &about) == 0;
  }

  bool IsDirectory(const std::string& path) const override {
    struct stat about {};
    return stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
  }

  Result<std::vector<std::string>> List(const std::string& path) const override {
    DIR* folder = opendir(path.c_str());
    if (folder == nullptr) return SystemError("list", path);
    std::vector<std::string> names;
    errno = 0;
    for (const dirent* entry = readdir(folder); entry != nullptr; entry = readdir(folder)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
      errno = 0;
    }
    const int failure = errno;
    closedir(folder);
    errno = failure;
    if (failure != 0) return SystemError("list", path);
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::string> RealPath(const std::string& path) const override {
    char* real = realpath(path.c_str(), nullptr);
    if (real == nullptr) return SystemError("find", path);
    std::string out = real;
    std::free(real);  // NOLINT(cppcoreguidelines-no-malloc)
    return out;
  }

  Status WriteFile(const std::string& path, std::string_view bytes) override {
    return WriteFileAtomically(path, bytes);
  }

  Status WriteFolder(const std::string& path, const std::vector<Entry>& entries) override {
    return WriteFolderAtomically(path, entries);
  }
};

}  // namespace

std::unique_ptr<FileSystem> RealFileSystem() { return std::make_unique<PosixFileSystem>(); }

}  // namespace appnet::base
