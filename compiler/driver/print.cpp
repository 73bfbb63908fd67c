#include "driver/print.h"

#include <fmt/format.h>

#include <cstdio>

#include "diag/visible_text.h"
#include "driver/run.h"

namespace appnet::driver {
void PrintError(std::string_view message) {
  fmt::print(stderr, "appnetc: {}\n", diag::VisibleMessage(message, true));
}

int Fail(const base::Error& error) {
  PrintError(error.message);
  return kExitEnvironment;
}

bool Print(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
}

}  // namespace appnet::driver
