#include "driver/run_format.h"

#include <optional>

#include "diag/visible_text.h"
#include "driver/print.h"
#include "driver/read_standard_input.h"
#include "driver/run.h"
#include "format/format.h"

namespace appnet::driver {
namespace {

constexpr char kStandardInput[] = "standard input";

class Formatting {
 public:
  Formatting(const Options& options, base::FileSystem& files, Messages& messages)
      : options_(options), files_(files), messages_(messages) {}

  base::Status Do(const std::string& file) {
    const bool piped = file == "-";
    base::Result<std::string> text = piped ? ReadStandardInput() : files_.Read(file);
    if (!text) return text.error();
    source::SourceMap& sources = messages_.sources;
    const source::FileId id = piped ? sources.AddSentence(kStandardInput, std::move(text).value())
                                    : sources.Add(file, std::move(text).value());
    const std::optional<std::string> formatted = format::Format(sources, id, messages_.emitter);
    if (!formatted) return base::Done{};
    const bool changes = *formatted != sources.Text(id);
    if (options_.check_only) {
      would_change_ = would_change_ || changes;
      return changes && !options_.quiet ? Say(diag::VisibleMessage(sources.Name(id)) + "\n") : base::Done{};
    }
    if (piped) return Say(*formatted);
    return changes ? files_.WriteFile(file, *formatted) : base::Done{};
  }

  int ExitCode() const { return messages_.emitter.HasErrors() || would_change_ ? kExitPolicy : kExitOk; }

 private:
  static base::Status Say(const std::string& text) {
    if (!Print(text)) return base::Error{"can't write to standard output"};
    return base::Done{};
  }

  const Options& options_;
  base::FileSystem& files_;
  Messages& messages_;
  bool would_change_ = false;
};

}  // namespace

int RunFormat(const Options& options, base::FileSystem& files, Messages& messages) {
  Formatting formatting(options, files, messages);
  for (const std::string& file : options.files) {
    const base::Status done = formatting.Do(file);
    if (!done) return messages.Fail(done.error());
  }
  return formatting.ExitCode();
}

}  // namespace appnet::driver
