#pragma once
// Contract: the lints, one function and one file each. Each reports one kind of warning (named in
// diag/kind.def) or none. Warnings speak of what is denied under every setting of the booleans.

#include "diag/emitter.h"
#include "sema/program.h"

namespace appnet::analysis {

void WarnNameConnect(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnNameBind(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnNodeBind(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnSockets(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnPermissive(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnInvalidIcmp(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnEnforceAlways(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnUnusedDeclarations(const sema::Program& program, const sepolicy::Policy& base,
                            diag::Emitter& emitter);
void WarnUnusedImports(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnCoveredRules(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnLoopback(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnTunnels(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnPing(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnForwardLeftOpen(const sema::Program& program, const sepolicy::Policy& base, diag::Emitter& emitter);
void WarnNoDomainAttribute(const sema::Program& program, const sepolicy::Policy& base,
                           diag::Emitter& emitter);

}  // namespace appnet::analysis
