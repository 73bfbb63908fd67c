#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>

#include "artifact/pack.h"

namespace appnet::artifact {
namespace {

using base::Error;
using base::Status;

constexpr std::int64_t kMaxUstarTime = 077777777777;  // eleven octal digits
constexpr int kBlockBytes = 10240;  // tar's customary record, so that other tars make the same

struct WriterFree {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
using Writer = std::unique_ptr<archive, WriterFree>;
struct EntryFree {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Entry = std::unique_ptr<archive_entry, EntryFree>;

la_ssize_t AppendTo(archive*, void* data, const void* bytes, std::size_t size) {
  static_cast<std::string*>(data)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

Error Failure(archive* writer, const std::string& path) {
  const char* why = archive_error_string(writer);
  return {"cannot put " + path + " into a tar archive: " + (why == nullptr ? "unknown reason" : why)};
}

Status WriteEntry(archive* writer, const std::string& path, const base::OutputFile* file,
                  std::int64_t modified) {
  const Entry entry(archive_entry_new());
  APPNET_CHECK(entry != nullptr, "out of memory");
  archive_entry_set_pathname(entry.get(), path.c_str());
  archive_entry_set_filetype(entry.get(), file == nullptr ? AE_IFDIR : AE_IFREG);
  archive_entry_set_perm(entry.get(), file == nullptr || file->executable ? 0755 : 0644);
  archive_entry_set_uid(entry.get(), 0);
  archive_entry_set_gid(entry.get(), 0);
  archive_entry_set_mtime(entry.get(), modified, 0);
  archive_entry_set_size(entry.get(), file == nullptr ? 0 : static_cast<la_int64_t>(file->bytes.size()));
  // A warning of libarchive's ustar writer means that it wrote something else than asked.
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return Failure(writer, path);
  if (file == nullptr || file->bytes.empty()) return base::Done{};
  const la_ssize_t written = archive_write_data(writer, file->bytes.data(), file->bytes.size());
  if (written != static_cast<la_ssize_t>(file->bytes.size())) return Failure(writer, path);
  return base::Done{};
}

}  // namespace

base::Result<std::string> Archive(const std::string& folder, const std::vector<base::OutputFile>& files,
                                  std::int64_t modified) {
  if (modified < 0 || modified > kMaxUstarTime) {
    return Error{"the time " + std::to_string(modified) + " does not fit into a tar archive"};
  }
  std::vector<const base::OutputFile*> sorted;
  sorted.reserve(files.size());
  for (const base::OutputFile& file : files) sorted.push_back(&file);
  std::ranges::sort(sorted, {}, [](const base::OutputFile* file) { return file->name; });

  std::string bytes;
  const Writer writer(archive_write_new());
  APPNET_CHECK(writer != nullptr, "out of memory");
  APPNET_CHECK(archive_write_set_format_ustar(writer.get()) == ARCHIVE_OK, "libarchive without ustar");
  archive_write_set_bytes_per_block(writer.get(), kBlockBytes);
  archive_write_set_bytes_in_last_block(writer.get(), kBlockBytes);
  if (archive_write_open(writer.get(), &bytes, nullptr, AppendTo, nullptr) != ARCHIVE_OK) {
    return Failure(writer.get(), folder);
  }
  const Status opened = WriteEntry(writer.get(), folder + "/", nullptr, modified);
  if (!opened) return opened.error();
  for (const base::OutputFile* file : sorted) {
    const Status status = WriteEntry(writer.get(), folder + "/" + file->name, file, modified);
    if (!status) return status.error();
  }
  if (archive_write_close(writer.get()) != ARCHIVE_OK) return Failure(writer.get(), folder);
  return bytes;
}

}  // namespace appnet::artifact
