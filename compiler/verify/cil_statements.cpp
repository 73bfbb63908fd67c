#include "verify/cil_statements.h"

#include <fmt/format.h>

#include <algorithm>

namespace appnet::verify {
namespace {

// A module of ours nests as deep as its longest condition has products.
constexpr std::size_t kDeepest = 2000;
constexpr std::size_t kBlock = 4096;  // trees

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n'; }
bool IsOfWord(char c) {
  return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f && c != '(' &&
         c != ')' && c != ';' && c != '"';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  base::Result<CilForest> Read() {
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
        if (open_.size() >= kDeepest) return Wrong("lists nest too deep");
        open_.push_back({nodes_.size(), line_});
        ++at_;
      } else if (c == ')') {
        if (open_.empty()) return Wrong("a `)` too many");
        CloseList();
        ++at_;
      } else if (IsOfWord(c)) {
        if (open_.empty()) return Wrong("a word outside every statement");
        const std::size_t begin = at_;
        while (at_ < text_.size() && IsOfWord(text_[at_])) ++at_;
        nodes_.push_back({text_.substr(begin, at_ - begin), {}, line_});
      } else {
        return Wrong("a character that no module of ours has");
      }
    }
    if (!open_.empty()) return base::Error{fmt::format("line {}: a `(` is not closed", open_.back().line)};
    return std::move(forest_);
  }

 private:
  struct OpenList {
    std::size_t begin;  // of its children among nodes_
    unsigned line;
  };

  void CloseList() {
    const OpenList list = open_.back();
    open_.pop_back();
    const CilTree tree{{}, Kept(std::span(nodes_).subspan(list.begin)), list.line};
    nodes_.resize(list.begin);
    (open_.empty() ? forest_.statements : nodes_).push_back(tree);
  }

  std::span<const CilTree> Kept(std::span<const CilTree> children) {
    std::deque<std::vector<CilTree>>& blocks = forest_.blocks;
    if (blocks.empty() || blocks.back().capacity() - blocks.back().size() < children.size())
      blocks.emplace_back().reserve(std::max(kBlock, children.size()));
    std::vector<CilTree>& block = blocks.back();
    const std::size_t begin = block.size();
    block.insert(block.end(), children.begin(), children.end());
    return std::span(block).subspan(begin);
  }

  base::Error Wrong(std::string_view what) const {
    return base::Error{fmt::format("line {}: {}", line_, what)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned line_ = 1;
  CilForest forest_;
  std::vector<CilTree> nodes_;  // children of the open lists, the innermost one's last
  std::vector<OpenList> open_;
};

}  // namespace

base::Result<CilForest> ReadCilStatements(std::string_view text) { return Reader(text).Read(); }

}  // namespace appnet::verify
