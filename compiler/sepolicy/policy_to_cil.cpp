#include <string>

#include "base/check.h"
#include "sepolicy/database.h"
#include "sepolicy/libsepol.h"
#include "sepolicy/policy.h"

namespace appnet::sepolicy {

base::Result<std::string> PolicyToCil(const std::string& bytes) {
  base::Result<Database> database = LoadDatabase(bytes, "the policy");
  if (!database) return database.error();
  char* text = nullptr;
  std::size_t size = 0;
  FILE* stream = open_memstream(&text, &size);
  APPNET_CHECK(stream != nullptr, "no memory stream");
  const int failed = sepol_kernel_policydb_to_cil(stream, &database.value()->p);
  fclose(stream);
  std::string cil(text, size);
  free(text);  // NOLINT(cppcoreguidelines-no-malloc): open_memstream allocates it so
  if (failed != 0) return base::Error{"libsepol can't write the policy as CIL"};
  return cil;
}

}  // namespace appnet::sepolicy
