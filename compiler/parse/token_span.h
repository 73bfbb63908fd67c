#pragma once
// Contract: where a token stands. Positions are byte offsets because ByteStream makes them so. Not for other
// rooms.

#include <antlr4-runtime.h>

#include "source/source_map.h"

namespace appnet::parse {

inline source::Span SpanOf(source::FileId file, const antlr4::Token& token) {
  const auto begin = static_cast<std::uint32_t>(token.getStartIndex());
  // The end of the file is a token without text.
  if (token.getType() == antlr4::Token::EOF) return {file, begin, begin};
  return {file, begin, static_cast<std::uint32_t>(token.getStopIndex() + 1)};
}

}  // namespace appnet::parse
