#pragma once
// Contract: every kind of diagnostic there is. One kind, one meaning; its name is what is printed in
// brackets. kind.def is the registry; a test fails for a kind that is registered but never tested.

#include <optional>
#include <string_view>
#include <vector>

namespace appnet::diag {

// kOff is a kind's alone, never a diagnostic's: it is reported where --warn or --deny asks for it.
enum class Severity { kError, kWarning, kNote, kOff };

enum class Kind {
#define APPNET_DIAGNOSTIC(name, slug, severity, summary) k##name,
#include "diag/kind.def"
#undef APPNET_DIAGNOSTIC
};

// Every kind, in the order of kind.def.
const std::vector<Kind>& AllKinds();
std::string_view SlugOf(Kind kind);
std::string_view SummaryOf(Kind kind);
Severity DefaultSeverityOf(Kind kind);
// "error", "warning", "note", "off"
std::string_view WordOf(Severity severity);
std::optional<Kind> KindNamed(std::string_view slug);

}  // namespace appnet::diag
