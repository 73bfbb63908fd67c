#include "driver/run_explain.h"

#include <fmt/format.h>

#include <optional>

#include "diag/explain.h"
#include "driver/print.h"
#include "driver/run.h"
#include "driver/severities.h"

namespace appnet::driver {

int RunExplain(const Options& options, Messages& messages) {
  std::string text;
  if (options.kind.empty()) {
    text = diag::ListKinds();
  } else {
    const std::optional<diag::Kind> kind = diag::KindNamed(options.kind);
    if (!kind) {
      PrintError(fmt::format("explain: {}", NoSuchKind(options.kind)));
      return kExitUsage;
    }
    text = diag::Explain(*kind);
  }
  return Print(text) ? kExitOk : messages.Fail({"can't write to standard output"});
}

}  // namespace appnet::driver
