#pragma once
// Contract: the only include of libsepol, past the traps of its headers: a member named `bool` in
// conditional.h (newer versions call it `boolean`), and headers without extern "C". The standard headers must
// come before the macro.

#include <sepol/cil/cil.h>
#include <sepol/context.h>
#include <sepol/context_record.h>
#include <sepol/debug.h>
#include <sepol/handle.h>
#include <sepol/module.h>
#include <sepol/policydb.h>
#include <sepol/policydb/policydb.h>
#include <sepol/policydb/services.h>
#include <sepol/policydb/sidtab.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#define bool boolean
#include <sepol/policydb/conditional.h>
#undef bool

extern "C" {
#include <sepol/kernel_to_cil.h>
#include <sepol/module_to_cil.h>
}
