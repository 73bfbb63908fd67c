#include "diag/kind.h"

#include <array>
#include <cstddef>

namespace appnet::diag {
namespace {

struct Row {
  std::string_view slug;
  Severity severity;
  std::string_view summary;
};

constexpr auto kRows = std::to_array<Row>({
#define APPNET_DIAGNOSTIC(name, slug, severity, summary) {slug, Severity::severity, summary},
#include "diag/kind.def"
#undef APPNET_DIAGNOSTIC
});

const Row& RowOf(Kind kind) { return kRows.at(static_cast<std::size_t>(kind)); }

}  // namespace

std::string_view SlugOf(Kind kind) { return RowOf(kind).slug; }

std::string_view SummaryOf(Kind kind) { return RowOf(kind).summary; }

Severity DefaultSeverityOf(Kind kind) { return RowOf(kind).severity; }

std::optional<Kind> KindNamed(std::string_view slug) {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (kRows.at(i).slug == slug) return static_cast<Kind>(i);
  }
  return std::nullopt;
}

}  // namespace appnet::diag
