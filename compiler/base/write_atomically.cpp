#include "base/write_atomically.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>

#include "base/file_descriptor.h"
#include "base/held_signals.h"

namespace appnet::base {
namespace {

constexpr std::string_view kInterrupted = "interrupted";

// "NAME.tmp-K3XQ8Z", until `make` succeeds with a name that nothing has; no value when it fails otherwise.
std::optional<std::string> MakeTemporary(const std::string& path,
                                         const std::function<bool(const std::string&)>& make) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  constexpr int kAttempts = 100;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::array<unsigned char, 6> random{};
    if (getrandom(random.data(), random.size(), 0) < 0) return std::nullopt;
    std::string name = path + ".tmp-";
    for (const unsigned char byte : random) name += kLetters[byte % kLetters.size()];
    if (make(name)) return name;
    if (errno != EEXIST) return std::nullopt;
  }
  return std::nullopt;
}

std::string ParentOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// So that the rename itself outlives a power failure. Some file systems can't; the file is whole either way.
void FlushFolder(const std::string& path) {
  const FileDescriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.open()) fsync(folder.number());
}

// The file itself where the path is a link.
std::string Target(const std::string& path) {
  char* real = realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string target = real;
  std::free(real);  // NOLINT(cppcoreguidelines-no-malloc)
  return target;
}

Status WriteDirectly(const std::string& path, std::string_view bytes) {
  FileDescriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.open() || !file.WriteAll(bytes) || !file.Close()) return SystemError("write", path);
  return Done{};
}

// Owner and permissions of the file that is replaced. Only root may give a file away; for others it stays
// theirs.
void TakeOver(int number, const struct stat& old) {
  if (fchown(number, old.st_uid, old.st_gid) == 0 || old.st_uid == geteuid())
    fchmod(number, old.st_mode & 07777U);
}

// Deletes a folder of plain files; false, with nothing deleted, when it holds a folder.
class OldFolder {
 public:
  explicit OldFolder(std::string path) : path_(std::move(path)) {}

  // Fills `names`; an error when it is a folder that is none of ours.
  Status Look() {
    DIR* folder = opendir(path_.c_str());
    if (folder == nullptr) return SystemError("replace", path_);
    Status status = Done{};
    for (const dirent* entry = readdir(folder); entry != nullptr; entry = readdir(folder)) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      struct stat about {};
      if (fstatat(dirfd(folder), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(about.st_mode)) {
        status = FileError("replace", path_, fmt::format("it holds a folder, `{}`", name));
      }
      names_.push_back(name);
    }
    closedir(folder);
    return status;
  }

  void Remove(const std::string& where) const {
    for (const std::string& name : names_) unlink(fmt::format("{}/{}", where, name).c_str());
    rmdir(where.c_str());
  }

 private:
  std::string path_;
  std::vector<std::string> names_;
};

void RemoveFolder(const std::string& path, const std::vector<FileSystem::Entry>& entries) {
  for (const FileSystem::Entry& entry : entries) unlink((path + '/' + entry.name).c_str());
  rmdir(path.c_str());
}

Status WriteEntry(const std::string& folder, const FileSystem::Entry& entry) {
  const std::string path = folder + '/' + entry.name;
  const mode_t mode = entry.executable ? 0777 : 0666;
  FileDescriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!file.open() || !file.WriteAll(entry.bytes) || fsync(file.number()) != 0 || !file.Close()) {
    return SystemError("write", path);
  }
  return Done{};
}

bool IsPlainName(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

}  // namespace

Status WriteFileAtomically(const std::string& path, std::string_view bytes) {
  struct stat old {};
  const bool replaces = stat(path.c_str(), &old) == 0;
  if (replaces && S_ISDIR(old.st_mode)) return FileError("write", path, "it is a directory");
  if (replaces && !S_ISREG(old.st_mode)) return WriteDirectly(path, bytes);
  const std::string target = replaces ? Target(path) : path;

  const HeldSignals held;
  int number = -1;
  const auto temporary = MakeTemporary(target, [&number](const std::string& name) {
    number = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    return number >= 0;
  });
  if (!temporary) return SystemError("write", path);
  FileDescriptor file(number);
  const auto give_up = [&](Error error) {
    unlink(temporary->c_str());
    return error;
  };
  if (replaces) TakeOver(number, old);
  if (!file.WriteAll(bytes) || fsync(number) != 0 || !file.Close())
    return give_up(SystemError("write", path));
  if (HeldSignals::Waiting()) return give_up(FileError("write", path, kInterrupted));
  if (rename(temporary->c_str(), target.c_str()) != 0) return give_up(SystemError("write", path));
  FlushFolder(ParentOf(target));
  return Done{};
}

Status WriteFolderAtomically(const std::string& path, const std::vector<FileSystem::Entry>& entries) {
  for (const FileSystem::Entry& entry : entries) {
    if (!IsPlainName(entry.name))
      return FileError("write", path, fmt::format("`{}` is no file name", entry.name));
  }
  std::string target = path;
  while (target.size() > 1 && target.back() == '/') target.pop_back();
  struct stat about {};
  const bool replaces = stat(target.c_str(), &about) == 0;
  if (replaces && !S_ISDIR(about.st_mode)) return FileError("replace", target, "it is not a directory");
  if (replaces) target = Target(target);
  OldFolder old(target);
  if (replaces) {
    if (Status status = old.Look(); !status) return status;
  }

  const HeldSignals held;
  const auto temporary =
      MakeTemporary(target, [](const std::string& name) { return mkdir(name.c_str(), 0777) == 0; });
  if (!temporary) return SystemError("write", path);
  const auto give_up = [&](Error error) {
    RemoveFolder(*temporary, entries);
    return error;
  };
  for (const FileSystem::Entry& entry : entries) {
    if (Status status = WriteEntry(*temporary, entry); !status) return give_up(status.error());
  }
  FlushFolder(*temporary);
  if (HeldSignals::Waiting()) return give_up(FileError("write", path, kInterrupted));
  if (!replaces) {
    if (rename(temporary->c_str(), target.c_str()) != 0) return give_up(SystemError("write", path));
  } else {
    // Both names change in one step where the file system can; else the old folder steps aside first.
    if (renameat2(AT_FDCWD, temporary->c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) == 0) {
      old.Remove(*temporary);
    } else {
      const std::string aside = *temporary + ".old";
      if (rename(target.c_str(), aside.c_str()) != 0) return give_up(SystemError("replace", path));
      if (rename(temporary->c_str(), target.c_str()) != 0) {
        Error error = SystemError("replace", path);
        rename(aside.c_str(), target.c_str());
        return give_up(std::move(error));
      }
      old.Remove(aside);
    }
  }
  FlushFolder(ParentOf(target));
  return Done{};
}

}  // namespace appnet::base
