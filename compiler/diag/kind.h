#pragma once
// Contract: every kind of diagnostic there is. One kind, one meaning; its name is what is printed in
// brackets. kind.def is the registry; a test fails for a kind that is registered but never tested.

#include <optional>
#include <string_view>

namespace appnet::diag {

enum class Severity { kError, kWarning, kNote };

enum class Kind {
#define APPNET_DIAGNOSTIC(name, slug, severity, summary) k##name,
#include "diag/kind.def"
#undef APPNET_DIAGNOSTIC
};

std::string_view SlugOf(Kind kind);
std::string_view SummaryOf(Kind kind);
Severity DefaultSeverityOf(Kind kind);
std::optional<Kind> KindNamed(std::string_view slug);

}  // namespace appnet::diag
