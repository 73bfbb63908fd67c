#pragma once
// Contract: a report as one JSON object in one line, for programs; docs/messages.md has its fields. ASCII:
// whatever else a name or a message holds is a \u escape. Control and invisible characters in messages are
// made visible as in the other formats; names of files are what they are, bytes that are no UTF-8 aside.

#include <string>

#include "diag/report.h"

namespace appnet::diag {

std::string RenderJson(const Report& report, const source::SourceMap& sources);

}  // namespace appnet::diag
