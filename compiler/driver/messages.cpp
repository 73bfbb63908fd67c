#include "driver/messages.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "driver/print.h"
#include "driver/run.h"

namespace appnet::driver {
namespace {

bool UseColor(Color color) {
  if (color != Color::kAuto) return color == Color::kAlways;
  const char* no_color = std::getenv("NO_COLOR");  // no-color.org
  return (no_color == nullptr || *no_color == '\0') && isatty(STDERR_FILENO) == 1;
}

void Write(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace

Messages::Messages(const Options& options)
    : progress(!options.quiet && !diag::IsDocument(options.format)), options_(options) {
  for (const auto& [kind, severity] : options.severities) emitter.Configure(kind, severity);
}

int Messages::Fail(const base::Error& error) {
  failure_ = error.message;
  return kExitEnvironment;
}

bool Messages::AreAnswer() const {
  return options_.command == Command::kCheck && diag::IsDocument(options_.format);
}

std::string Messages::Text() const {
  diag::Report report{{}, failure_};
  if (!said_) report.diagnostics = emitter.Sorted();
  return diag::Render(report, sources, options_.format, {UseColor(options_.color), APPNET_VERSION});
}

void Messages::SayNow() {
  progress.Stop();
  if (said_ || diag::IsDocument(options_.format)) return;
  Write(Text());
  said_ = true;
}

int Messages::Finish(int code) {
  progress.Stop();
  const bool nothing = emitter.Sorted().empty() && !failure_;
  if (nothing && code == kExitUsage) return code;  // said in plain text
  if (AreAnswer()) {
    if (failure_) PrintError(*failure_);
    return Print(Text()) ? code : driver::Fail({"can't write to standard output"});
  }
  // Beside an answer in JSON, nothing to say is no document.
  const bool answers = options_.command == Command::kQuery || options_.command == Command::kDiff ||
                       options_.command == Command::kGraph;
  if (!nothing || !answers) Write(Text());
  return code;
}

}  // namespace appnet::driver
