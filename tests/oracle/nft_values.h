#pragma once
// Contract: constants of nft text as intervals of numbers, by type.

#include <string>

#include "oracle/nft_lexer.h"
#include "oracle/nft_rules.h"

namespace appnet::oracle::nft {

// One constant, range or prefix; throws ParseError. `in_concatenation`: nft 1.0.6 silently takes a wildcard
// interface name in a concatenation for an exact one, so it is refused there.
base::Interval ParseValue(Cursor& cursor, Type type, bool in_concatenation);
bool IsBitmask(Type type);
Type TypeNamed(const std::string& name, const Cursor& cursor);
unsigned SizeOf(Type type);  // in bytes

}  // namespace appnet::oracle::nft
