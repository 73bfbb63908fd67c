#include "verify/rules/nftables_tokens.h"

#include <algorithm>
#include <array>

namespace appnet::verify::rules {
namespace {

constexpr std::string_view kSigns = "{}();,";

// Bytes that end a word.
constexpr std::array<bool, 256> Ends() {
  std::array<bool, 256> ends{};
  for (const char c : kSigns) ends[static_cast<unsigned char>(c)] = true;
  for (unsigned c = 0; c <= ' '; ++c) ends[c] = true;
  ends['"'] = true;
  ends['#'] = true;
  return ends;
}
constexpr std::array<bool, 256> kEnds = Ends();

}  // namespace

void NftTokens::Advance() {
  using Kind = NftToken::Kind;
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  if (at_ < text_.size() && text_[at_] == '#') {
    at_ = std::min(text_.find('\n', at_), text_.size());
  }
  if (at_ == text_.size()) {
    current_ = {Kind::kEnd, {}, line_};
    return;
  }
  const char c = text_[at_];
  const std::size_t begin = at_;
  if (c == '\n') {
    current_ = {Kind::kLineEnd, {}, line_++};
    ++at_;
  } else if (c == '"') {
    const std::size_t end = text_.find_first_of("\"\n", begin + 1);
    if (end == std::string_view::npos || text_[end] != '"') {
      current_ = {Kind::kBad, {}, line_};
      at_ = text_.size();
      return;
    }
    current_ = {Kind::kQuoted, text_.substr(begin + 1, end - begin - 1), line_};
    at_ = end + 1;
  } else if (kSigns.find(c) != std::string_view::npos) {
    current_ = {Kind::kSign, text_.substr(begin, 1), line_};
    ++at_;
  } else {
    while (at_ < text_.size() && !kEnds[static_cast<unsigned char>(text_[at_])]) ++at_;
    current_ = {at_ == begin ? Kind::kBad : Kind::kWord, text_.substr(begin, at_ - begin), line_};
    if (at_ == begin) at_ = text_.size();
  }
}

}  // namespace appnet::verify::rules
