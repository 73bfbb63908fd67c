#include "diag/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "base/check.h"

namespace appnet::diag {
namespace {

// "<!-- appnetc: file site.appnet -->" names the code that follows; other orders are for the tests alone.
std::string FileNamedBy(std::string_view comment) {
  for (const std::string_view order : {"<!-- appnetc: file ", "<!-- appnetc: module "}) {
    if (!comment.starts_with(order)) continue;
    comment.remove_prefix(order.size());
    return fmt::format("{}:\n", comment.substr(0, comment.find(' ')));
  }
  return {};
}

}  // namespace

std::string Explain(Kind kind) {
  std::string_view text = StoryTextOf(SlugOf(kind));
  APPNET_CHECK(!text.empty(), "a kind without a story");
  std::string out = fmt::format("{}: {}\n", WordOf(DefaultSeverityOf(kind)), SummaryOf(kind));
  bool heading = true;
  bool in_code = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("```")) {
      in_code = !in_code;
    } else if (line.starts_with("<!--")) {
      out += FileNamedBy(line);
    } else if (!heading) {
      out += fmt::format("{}{}\n", in_code && !line.empty() ? "    " : "", line);
    }
    heading = false;
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

std::string ListKinds() {
  std::size_t width = 0;
  for (const Kind kind : AllKinds()) width = std::max(width, SlugOf(kind).size());
  std::string out;
  for (const Kind kind : AllKinds())
    out += fmt::format("{:<{}}  {:<7}  {}\n", SlugOf(kind), width, WordOf(DefaultSeverityOf(kind)),
                       SummaryOf(kind));
  return out;
}

}  // namespace appnet::diag
