#pragma once
// Contract: the nftables rules of a policy: one file, one transaction, our own table `inet appnet`. Pure.

#include "base/output_file.h"
#include "ir/policy.h"

namespace appnet::backend::nftables {

base::OutputFile Emit(const ir::Policy& policy);

}  // namespace appnet::backend::nftables
