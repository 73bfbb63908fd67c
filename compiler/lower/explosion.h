#pragma once
// Contract: when the flow space has too many classes, which rules are to blame. A pair multiplies when the
// rules overlap and neither contains the other: wide in different fields. Reports kTooManyClasses, with
// `message`, at the rule that crosses most others.

#include <string>

#include "diag/emitter.h"
#include "sema/program.h"

namespace appnet::lower {

void ReportExplosion(std::string message, const sema::Program& program, const source::SourceMap& sources,
                     diag::Emitter& emitter);

}  // namespace appnet::lower
