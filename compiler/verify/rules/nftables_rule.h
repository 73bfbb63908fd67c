#pragma once
// Contract: one rule of an nft chain, up to the end of its line.

#include "verify/rules/nftables_cursor.h"

namespace appnet::verify::rules {

// False where the text is refused.
bool ReadNftRule(NftCursor& cursor, Rule& rule);

}  // namespace appnet::verify::rules
