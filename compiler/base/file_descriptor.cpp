#include "base/file_descriptor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace appnet::base {

FileDescriptor::~FileDescriptor() { Close(); }

bool FileDescriptor::WriteAll(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = write(number_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool FileDescriptor::ReadUpTo(std::string& bytes, std::size_t limit) const {
  constexpr std::size_t kPiece = std::size_t{1} << 16U;
  while (limit > 0) {
    const std::size_t wanted = std::min(kPiece, limit);
    const std::size_t before = bytes.size();
    bytes.resize(before + wanted);
    const ssize_t got = read(number_, bytes.data() + before, wanted);
    bytes.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) return true;
    limit -= static_cast<std::size_t>(got);
  }
  return true;
}

bool FileDescriptor::Close() {
  if (number_ < 0) return true;
  const int number = number_;
  number_ = -1;
  return close(number) == 0;
}

Error FileError(std::string_view doing, const std::string& path, std::string_view why) {
  return {fmt::format("cannot {} `{}`: {}", doing, path, why)};
}

Error SystemError(std::string_view doing, const std::string& path) {
  return FileError(doing, path, std::generic_category().message(errno));
}

}  // namespace appnet::base
