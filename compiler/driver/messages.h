#pragma once
// Contract: what one run of a command has to say besides its answer: the diagnostics, and what of the
// environment failed. Commands report into `emitter` and fail through `Fail`; `Finish` says what has not been
// said, in the format of --format, when the command ends.
//
// Messages go to standard error. One document (--format json, sarif) holds everything, a failure too; of
// `check`, whose messages are the answer, it goes to standard output in place of the summary, and a failure
// is said on standard error as well.

#include <optional>
#include <string>

#include "base/result.h"
#include "diag/emitter.h"
#include "driver/options.h"
#include "driver/progress.h"
#include "source/source_map.h"

namespace appnet::driver {

class Messages {
 public:
  explicit Messages(const Options& options);

  source::SourceMap sources;
  diag::Emitter emitter;
  Progress progress;  // gone as soon as something is said

  // The environment failed; returns kExitEnvironment.
  int Fail(const base::Error& error);
  // Says what was reported so far, so that it stands before an answer; a document waits for the end.
  void SayNow();
  // `code`, or kExitEnvironment when the messages are the answer and could not be written.
  int Finish(int code);
  // The answer of `check` is a document of messages: no summary stands beside it.
  bool AreAnswer() const;

 private:
  std::string Text() const;

  const Options& options_;
  bool said_ = false;
  std::optional<std::string> failure_;
};

}  // namespace appnet::driver
