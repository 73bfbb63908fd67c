#pragma once
// Contract: diagnostics as workflow commands of GitHub Actions, which shows them beside the changed lines.
//
//   ::error file=workstation.appnet,line=14,col=8,endLine=14,endColumn=16,title=unknown-domain::unknown ...
//
// Helps and notes are further lines of the message. Columns are given only for what stands in one line: the
// runner refuses them otherwise.

#include <string>

#include "diag/report.h"

namespace appnet::diag {

std::string RenderGithub(const Report& report, const source::SourceMap& sources);

}  // namespace appnet::diag
