#include "driver/print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "diag/render_text.h"
#include "diag/visible_text.h"
#include "driver/run.h"

namespace appnet::driver {
namespace {

bool UseColor(Color color) {
  if (color != Color::kAuto) return color == Color::kAlways;
  const char* no_color = std::getenv("NO_COLOR");  // no-color.org
  return (no_color == nullptr || *no_color == '\0') && isatty(STDERR_FILENO) == 1;
}

}  // namespace

void PrintDiagnostics(const diag::Emitter& emitter, const source::SourceMap& sources,
                      const Options& options) {
  const std::string text = diag::RenderText(emitter.Sorted(), sources, {UseColor(options.color)});
  std::fwrite(text.data(), 1, text.size(), stderr);
}

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
