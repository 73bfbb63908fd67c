#pragma once
// Contract: the words of an nft text, one after the other. Comments are skipped; the end of a line is a
// token, because it ends a statement.

#include <string_view>

namespace appnet::verify::rules {

struct NftToken {
  enum class Kind { kWord, kQuoted, kSign, kLineEnd, kEnd, kBad };
  Kind kind = Kind::kEnd;
  std::string_view text;  // of a quoted word without the quotes; a sign is one of { } ( ) ; ,
  unsigned line = 1;

  bool Is(std::string_view word) const {
    return (kind == Kind::kWord || kind == Kind::kSign) && text == word;
  }
};

class NftTokens {
 public:
  explicit NftTokens(std::string_view text) : text_(text) { Advance(); }

  const NftToken& current() const { return current_; }
  void Advance();

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  unsigned line_ = 1;
  NftToken current_;
};

}  // namespace appnet::verify::rules
