#pragma once
// Contract: says on standard error what a long run is doing, in one line that a terminal shows and that is
// gone when anything else is said. Nothing is shown in the first second, on no terminal, or where the line is
// not wanted.

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace appnet::driver {

class Progress {
 public:
  explicit Progress(bool wanted);
  ~Progress() { Stop(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // "cutting the flow space"
  void Step(std::string_view what);
  // Takes the line away for good. To be called before anything is written to a terminal.
  void Stop();

 private:
  void Show();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string step_;
  bool stopped_ = false;
  std::thread line_;  // runs only where the line is wanted
};

}  // namespace appnet::driver
