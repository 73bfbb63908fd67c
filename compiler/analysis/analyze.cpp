#include "analysis/analyze.h"

#include "analysis/lints.h"

namespace appnet::analysis {

void Analyze(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter) {
  WarnNameConnect(program, base, emitter);
  WarnNameBind(program, base, emitter);
  WarnNodeBind(program, base, emitter);
  WarnSockets(program, base, emitter);
  WarnPermissive(program, base, emitter);
  WarnInvalidIcmp(program, base, emitter);
  WarnEnforceAlways(program, base, emitter);
  WarnNoDomainAttribute(program, base, emitter);
}

}  // namespace appnet::analysis
