#include "driver/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace appnet::driver {
namespace {

constexpr std::chrono::milliseconds kSilent{1000};

// Over what the line held before, without the escapes that not every terminal has.
void Write(std::string_view text, std::size_t& width) {
  fmt::print(stderr, "\r{:<{}}", text, width);
  if (text.empty()) fmt::print(stderr, "\r");
  std::fflush(stderr);
  width = text.size();
}

}  // namespace

Progress::Progress(bool wanted) {
  if (wanted && isatty(STDERR_FILENO) == 1) line_ = std::thread([this] { Show(); });
}

void Progress::Step(std::string_view what) {
  const std::lock_guard lock(mutex_);
  step_ = what;
  changed_.notify_one();
}

void Progress::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_one();
  }
  if (line_.joinable()) line_.join();
}

void Progress::Show() {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, kSilent, [this] { return stopped_; })) return;
  std::size_t width = 0;
  std::string shown;
  while (!stopped_) {
    if (shown != step_) {
      shown = step_;
      Write(fmt::format("appnetc: {} ...", shown), width);
    }
    changed_.wait(lock, [&] { return stopped_ || shown != step_; });
  }
  Write("", width);
}

}  // namespace appnet::driver
