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
  WarnUnusedDeclarations(program, base, emitter);
  WarnUnusedImports(program, base, emitter);
  WarnCoveredRules(program, base, emitter);
  WarnLoopback(program, base, emitter);
  WarnTunnels(program, base, emitter);
  WarnPing(program, base, emitter);
  WarnForwardLeftOpen(program, base, emitter);
  WarnNoDomainAttribute(program, base, emitter);
}

}  // namespace appnet::analysis
