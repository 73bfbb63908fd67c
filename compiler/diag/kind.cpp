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

const std::vector<Kind>& AllKinds() {
  static const std::vector<Kind> kAll = {
#define APPNET_DIAGNOSTIC(name, slug, severity, summary) Kind::k##name,
#include "diag/kind.def"
#undef APPNET_DIAGNOSTIC
  };
  return kAll;
}

std::string_view SlugOf(Kind kind) { return RowOf(kind).slug; }

std::string_view SummaryOf(Kind kind) { return RowOf(kind).summary; }

Severity DefaultSeverityOf(Kind kind) { return RowOf(kind).severity; }

std::string_view WordOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return "error";
    case Severity::kWarning:
      return "warning";
    case Severity::kNote:
      return "note";
    case Severity::kOff:
      break;
  }
  return "off";
}

std::optional<Kind> KindNamed(std::string_view slug) {
  for (const Kind kind : AllKinds()) {
    if (SlugOf(kind) == slug) return kind;
  }
  return std::nullopt;
}

}  // namespace appnet::diag
