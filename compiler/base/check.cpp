#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace appnet::base {

void ReportBug(const char* file, int line, std::string_view what) {
  std::fprintf(
      stderr,
      "appnetc: internal error at %s:%d: %.*s\nThis is a bug in appnetc; please report it with the policy.\n",
      file, line, static_cast<int>(what.size()), what.data());
  std::_Exit(kExitBug);
}

}  // namespace appnet::base
