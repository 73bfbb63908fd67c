#pragma once
// Contract: a file descriptor that is closed when it goes, and the system calls on it that must be repeated
// until they are done. Failures leave errno set.

#include <string>
#include <string_view>

#include "base/result.h"

namespace appnet::base {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  bool open() const { return number_ >= 0; }
  int number() const { return number_; }

  bool WriteAll(std::string_view bytes) const;
  // Appends up to `limit` bytes; more are left unread.
  bool ReadUpTo(std::string& bytes, std::size_t limit) const;
  // False when the system reports, only now, that something written before was lost.
  bool Close();

 private:
  int number_;
};

// "cannot read `path`: No such file or directory", from errno.
Error SystemError(std::string_view doing, const std::string& path);
Error FileError(std::string_view doing, const std::string& path, std::string_view why);

}  // namespace appnet::base
