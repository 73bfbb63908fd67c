#include "artifact/unpack.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>

namespace appnet::artifact {
namespace {

using base::Error;
using base::Result;
using base::Status;

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;  // of all files together
constexpr std::size_t kMaxFiles = 1000;

struct ReaderFree {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, ReaderFree>;

Error Damaged(archive* reader) {
  const char* why = archive_error_string(reader);
  return {std::string("not an artifact: ") + (why == nullptr ? "damaged archive" : why)};
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of("/\n\\") == std::string_view::npos;
}

Status ReadBytes(archive* reader, std::string& bytes, std::size_t& budget) {
  char buffer[65536];
  for (;;) {
    const la_ssize_t count = archive_read_data(reader, buffer, sizeof buffer);
    if (count == 0) return base::Done{};
    if (count < 0) return Damaged(reader);
    if (static_cast<std::size_t>(count) > budget) return Error{"not an artifact: too large"};
    budget -= static_cast<std::size_t>(count);
    bytes.append(buffer, static_cast<std::size_t>(count));
  }
}

Status ReadEntry(archive* reader, archive_entry* entry, Unpacked& unpacked, std::size_t& budget) {
  const char* text = archive_entry_pathname(entry);
  const std::string path = text == nullptr ? "" : text;
  const std::size_t slash = path.find('/');
  const std::string folder = path.substr(0, slash);
  if (slash == std::string::npos || !IsPlainName(folder)) {
    return Error{"not an artifact: `" + path + "` is in no folder"};
  }
  if (unpacked.folder.empty()) unpacked.folder = folder;
  if (unpacked.folder != folder) return Error{"not an artifact: more than one folder"};
  const std::string name = path.substr(slash + 1);
  if (archive_entry_filetype(entry) == AE_IFDIR && name.empty()) return base::Done{};
  if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr ||
      !IsPlainName(name)) {
    return Error{"not an artifact: `" + path + "` is no plain file of it"};
  }
  if (std::ranges::find(unpacked.files, name, &base::OutputFile::name) != unpacked.files.end()) {
    return Error{"not an artifact: `" + path + "` is there twice"};
  }
  if (unpacked.files.size() == kMaxFiles) return Error{"not an artifact: too many files"};
  base::OutputFile file{name, "", (archive_entry_perm(entry) & 0111) != 0};
  Status status = ReadBytes(reader, file.bytes, budget);
  if (!status) return status;
  unpacked.files.push_back(std::move(file));
  return base::Done{};
}

}  // namespace

Result<Unpacked> Unpack(std::string_view tar) {
  const Reader reader(archive_read_new());
  APPNET_CHECK(reader != nullptr, "out of memory");
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_memory(reader.get(), tar.data(), tar.size()) != ARCHIVE_OK)
    return Damaged(reader.get());
  Unpacked unpacked;
  std::size_t budget = kMaxBytes;
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK) return Damaged(reader.get());
    const Status read = ReadEntry(reader.get(), entry, unpacked, budget);
    if (!read) return read.error();
  }
  // The end is a block of zeros, and tar fills up its last record with more of them.
  const auto end = static_cast<std::size_t>(archive_filter_bytes(reader.get(), 0));
  if (tar.substr(std::min(end, tar.size())).find_first_not_of('\0') != std::string_view::npos)
    return Error{"not an artifact: something stands behind the archive's end"};
  if (unpacked.files.empty()) return Error{"not an artifact: no files in it"};
  unpacked.has_modes = true;
  std::ranges::sort(unpacked.files, {}, &base::OutputFile::name);
  return unpacked;
}

Result<Unpacked> ReadArtifact(const base::FileSystem& files, const std::string& path) {
  if (!files.IsDirectory(path)) {
    const Result<std::string> bytes = files.Read(path);
    if (!bytes) return bytes.error();
    Result<Unpacked> unpacked = Unpack(bytes.value());
    if (!unpacked) return Error{path + " is " + unpacked.error().message};
    return unpacked;
  }
  const Result<std::string> real = files.RealPath(path);
  if (!real) return real.error();
  Unpacked unpacked{real.value().substr(real.value().rfind('/') + 1), {}};
  const auto names = files.List(path);
  if (!names) return names.error();
  const std::string prefix = path + "/";
  for (const std::string& name : names.value()) {
    const Result<std::string> place = files.RealPath(prefix + name);
    if (!place) return place.error();
    if (place.value() != real.value() + "/" + name)
      return Error{std::string(path).append(" is not an artifact: `").append(name).append("` is a link")};
    Result<std::string> bytes = files.Read(prefix + name);
    if (!bytes) return bytes.error();
    unpacked.files.push_back({name, std::move(bytes).value()});
  }
  return unpacked;
}

}  // namespace appnet::artifact
