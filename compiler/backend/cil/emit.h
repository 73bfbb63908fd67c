#pragma once
// Contract: the CIL module of a policy: types, our attribute, grants, booleans, what the kernel and the
// loaders need. Pure: the same policy gives the same bytes.

#include "base/output_file.h"
#include "ir/policy.h"

namespace appnet::backend::cil {

base::OutputFile Emit(const ir::Policy& policy);

}  // namespace appnet::backend::cil
