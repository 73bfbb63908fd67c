#pragma once
// Contract: one map or set of an nft text, from its name to its closing brace.

#include "verify/rules/nftables_cursor.h"

namespace appnet::verify::rules {

// False where the text is refused.
bool ReadNftMap(NftCursor& cursor, bool is_set);
// A key with a masked address finds an element by every address of its network; the map then holds networks.
// All rules must mask in the same way. False when the cursor has refused.
bool WidenKeys(NftCursor& cursor, const Key& key, Map& map);

}  // namespace appnet::verify::rules
