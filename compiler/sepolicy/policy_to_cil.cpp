#include <fmt/format.h>

#include <cstdarg>
#include <string>

#include "base/check.h"
#include "sepolicy/database.h"
#include "sepolicy/libsepol.h"
#include "sepolicy/messages.h"
#include "sepolicy/policy.h"

namespace {

// libsepol's writer of CIL prints its errors to standard error, whatever the handle says. The linker puts the
// function below in the place of the one that prints (see CMakeLists.txt).
thread_local std::string* writer_said = nullptr;

}  // namespace

// NOLINTNEXTLINE(bugprone-reserved-identifier): the linker's --wrap prescribes the name
extern "C" [[gnu::format(printf, 1, 2)]] void __wrap_sepol_log_err(const char* format, ...) {
  if (writer_said == nullptr) return;
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  appnet::sepolicy::AppendMessage(*writer_said, line);
}

namespace appnet::sepolicy {

base::Result<std::string> PolicyToCil(const std::string& bytes) {
  base::Result<Database> database = LoadDatabase(bytes, "the policy");
  if (!database) return database.error();
  char* text = nullptr;
  std::size_t size = 0;
  FILE* stream = open_memstream(&text, &size);
  APPNET_CHECK(stream != nullptr, "no memory stream");
  std::string said;
  writer_said = &said;
  const int failed = sepol_kernel_policydb_to_cil(stream, &database.value()->p);
  writer_said = nullptr;
  fclose(stream);
  std::string cil(text, size);
  free(text);  // NOLINT(cppcoreguidelines-no-malloc): open_memstream allocates it so
  if (failed != 0) return base::Error{fmt::format("libsepol can't write the policy as CIL: {}", said)};
  return cil;
}

}  // namespace appnet::sepolicy
