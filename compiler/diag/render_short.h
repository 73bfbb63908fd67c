#pragma once
// Contract: a diagnostic as one line, as compilers and editors know it, without source text, notes and helps.
//
//   workstation.appnet:14:8: error: unknown SELinux domain `mozila_t` [unknown-domain]
//
// What has no place in a file begins with `appnetc`. A last line counts what is not shown.

#include <string>
#include <vector>

#include "diag/diagnostic.h"

namespace appnet::diag {

std::string RenderShort(const std::vector<Diagnostic>& diagnostics, const source::SourceMap& sources);

}  // namespace appnet::diag
