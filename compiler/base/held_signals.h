#pragma once
// Contract: while one lives, SIGINT, SIGTERM and SIGHUP wait; they take effect when it goes. For the time in
// which a temporary file exists, so that an interruption leaves none behind.

#include <csignal>

namespace appnet::base {

class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  // Whether one of them waits: then nothing more should be done.
  static bool Waiting();

 private:
  sigset_t before_{};
};

}  // namespace appnet::base
