#include "parse/byte_stream.h"

#include <algorithm>

#include "base/check.h"

namespace appnet::parse {

void ByteStream::consume() {
  APPNET_CHECK(next_ < text_.size(), "the lexer reads beyond the end");
  ++next_;
}

std::size_t ByteStream::LA(ssize_t distance) {
  if (distance == 0) return 0;
  // LA(1) is the next byte, LA(-1) the one before it.
  const ssize_t at = static_cast<ssize_t>(next_) + (distance > 0 ? distance - 1 : distance);
  if (at < 0 || at >= static_cast<ssize_t>(text_.size())) return antlr4::IntStream::EOF;
  const auto byte = static_cast<unsigned char>(text_[static_cast<std::size_t>(at)]);
  return byte < kNotAscii ? byte : kNotAscii;
}

void ByteStream::seek(std::size_t index) { next_ = std::min(index, text_.size()); }

std::string ByteStream::getText(const antlr4::misc::Interval& interval) {
  if (interval.a < 0 || interval.b < interval.a) return {};
  const auto begin = static_cast<std::size_t>(interval.a);
  if (begin >= text_.size()) return {};
  return std::string(text_.substr(begin, static_cast<std::size_t>(interval.b - interval.a) + 1));
}

}  // namespace appnet::parse
