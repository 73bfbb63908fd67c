#pragma once
// Contract: a report as a SARIF 2.1.0 log (OASIS standard) of one run: every kind a rule, a diagnostic a
// result with its region, related locations and fixes. Columns are UTF-16 code units, and the log says so. A
// path is a URI reference: relative where it was given relative to the current folder. A failure of the
// environment is a notification, and the invocation then was not successful.

#include <string>
#include <string_view>

#include "diag/report.h"

namespace appnet::diag {

std::string RenderSarif(const Report& report, const source::SourceMap& sources, std::string_view version);

}  // namespace appnet::diag
