#pragma once
// Contract: ANTLR's view of a source text, byte by byte. ANTLR's own stream decodes UTF-8 into a copy and
// counts code points; here token positions are byte offsets as they stand, and nothing is copied. Not for
// other rooms.

#include <antlr4-runtime.h>

#include <string>
#include <string_view>

namespace appnet::parse {

class ByteStream : public antlr4::CharStream {
 public:
  // Reads `text` from `begin` on; the text must outlive the stream.
  ByteStream(std::string_view text, std::size_t begin) : text_(text), next_(begin) {}

  static constexpr unsigned char kNotAscii = 0x7F;

  void consume() override;
  std::size_t LA(ssize_t distance) override;
  ssize_t mark() override { return -1; }  // everything is in memory: nothing to hold on to
  void release(ssize_t /*marker*/) override {}
  std::size_t index() override { return next_; }
  void seek(std::size_t index) override;
  std::size_t size() override { return text_.size(); }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval& interval) override;
  std::string toString() const override { return std::string(text_); }

 private:
  std::string_view text_;
  std::size_t next_;
};

}  // namespace appnet::parse
