#include "diag/report.h"

#include <map>
#include <string_view>
#include <utility>

namespace appnet::diag {

Shown SelectShown(const std::vector<Diagnostic>& diagnostics) {
  Shown shown;
  std::map<std::pair<Kind, std::string_view>, std::size_t> times;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (++times[{diagnostic.kind, diagnostic.message}] > kMostRepeats) {
      ++shown.repeated;
      ++shown.left_out;
    } else if (shown.diagnostics.size() == kMostShown) {
      ++shown.left_out;
    } else {
      shown.diagnostics.push_back(&diagnostic);
    }
  }
  return shown;
}

}  // namespace appnet::diag
