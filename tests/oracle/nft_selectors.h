#pragma once
// Contract: the words for what an nft rule can read from a packet.

#include "oracle/nft_lexer.h"
#include "oracle/nft_rules.h"

namespace appnet::oracle::nft {

// One selector, "meta l4proto" or "iifname"; throws ParseError.
Selector SelectorNamed(Cursor& cursor);

}  // namespace appnet::oracle::nft
