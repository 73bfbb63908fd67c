#pragma once
// Contract: one map or set of an nft text, from its name to its closing brace.

#include "verify/rules/nftables_cursor.h"

namespace appnet::verify::rules {

// False where the text is refused.
bool ReadNftMap(NftCursor& cursor, bool is_set);

}  // namespace appnet::verify::rules
