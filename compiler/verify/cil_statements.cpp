#include "verify/cil_statements.h"

#include <fmt/format.h>

namespace appnet::verify {
namespace {

// A module of ours nests as deep as its longest condition has products.
constexpr std::size_t kDeepest = 2000;

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n'; }
bool IsOfWord(char c) {
  return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f && c != '(' &&
         c != ')' && c != ';' && c != '"';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  base::Result<std::vector<CilTree>> Read() {
    open_.emplace_back();  // the forest itself
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        ++at_;
      } else if (IsBlank(c)) {
        ++at_;
      } else if (c == ';') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (c == '(') {
        if (open_.size() > kDeepest) return Wrong("lists nest too deep");
        open_.push_back({{}, {}, line_});
        ++at_;
      } else if (c == ')') {
        if (open_.size() == 1) return Wrong("a `)` too many");
        CilTree list = std::move(open_.back());
        open_.pop_back();
        open_.back().children.push_back(std::move(list));
        ++at_;
      } else if (IsOfWord(c)) {
        if (open_.size() == 1) return Wrong("a word outside every statement");
        const std::size_t begin = at_;
        while (at_ < text_.size() && IsOfWord(text_[at_])) ++at_;
        open_.back().children.push_back({text_.substr(begin, at_ - begin), {}, line_});
      } else {
        return Wrong("a character that no module of ours has");
      }
    }
    if (open_.size() > 1) return base::Error{fmt::format("line {}: a `(` is not closed", open_.back().line)};
    return std::move(open_.front().children);
  }

 private:
  base::Error Wrong(std::string_view what) const {
    return base::Error{fmt::format("line {}: {}", line_, what)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned line_ = 1;
  std::vector<CilTree> open_;
};

}  // namespace

base::Result<std::vector<CilTree>> ReadCilStatements(std::string_view text) { return Reader(text).Read(); }

}  // namespace appnet::verify
