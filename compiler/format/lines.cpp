#include "format/lines.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <utility>

namespace appnet::format {
namespace {

// A word of the text and the comments after it.
struct Word {
  std::string_view text;
  bool apart = false;
  std::vector<Comment> comments;
};

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

// The parenthesis of `template NAME(`, `use NAME(` and `@NAME(`; `left` is the name, `named` the word before.
bool OpensArguments(std::string_view named, std::string_view right) {
  return right == "(" && IsOneOf(named, {"template", "use", "@"});
}

bool SpaceBetween(std::string_view left, std::string_view right) {
  return !IsOneOf(right, {",", ";", ")", "/", ":", "-"}) && !IsOneOf(left, {"(", "/", ":", "-", "@"});
}

// Nothing stands between these two, not even a comment.
bool StayTogether(std::string_view left, std::string_view right) {
  return IsOneOf(right, {"{", "="}) || (left != "(" && !SpaceBetween(left, right)) || right == ")";
}

bool MayBreakBetween(std::string_view left, std::string_view right) {
  return left == "," ||
         IsOneOf(right, {"except", "to", "from", "at", "via", "as", "can", "cannot", "and", "or"});
}

class Splitter {
 public:
  Splitter(const std::vector<parse::Token>& tokens, std::string_view text) {
    std::size_t end = 0;  // of the word or comment before
    for (const parse::Token& token : tokens) {
      const auto breaks = std::ranges::count(text.substr(end, token.span.begin - end), '\n');
      end = token.span.end;
      if (!token.comment) {
        words_.push_back({token.text, breaks > 1, {}});
        continue;
      }
      std::vector<Comment>& comments = words_.empty() ? first_ : words_.back().comments;
      comments.push_back({CommentText(token.text), breaks == 0 && !words_.empty(), breaks > 1});
    }
  }

  std::vector<Line> Split() {
    for (const Comment& comment : first_) AddComment(comment);
    for (std::size_t i = 0; i < words_.size();) i = AddLine(i);
    return std::move(lines_);
  }

 private:
  // Adds the line that begins with this word; gives the word after it.
  std::size_t AddLine(std::size_t begin) {
    const bool annotation = words_[begin].text == "@";
    std::size_t last = begin;  // of the line
    while (last + 1 < words_.size() && !Ends(last, annotation)) ++last;
    if (words_[begin].text == "}") --depth_;
    const bool apart = words_[begin].apart && MayStandApart() && !IsOneOf(words_[begin].text, {"}", "else"});
    lines_.push_back({depth_, apart, Pieces(begin, last), {}});
    if (words_[last].text == "{") ++depth_;
    std::vector<Comment> comments = std::exchange(lines_.back().pieces.back().comments, {});
    auto rest = comments.begin();
    if (rest != comments.end() && rest->trails) lines_.back().comment = (rest++)->text;
    for (; rest != comments.end(); ++rest) AddComment(*rest);
    return last + 1;
  }

  bool Ends(std::size_t i, bool annotation) const {
    const Word& word = words_[i];
    // `} else {` is one line, unless a comment is between.
    if (word.text == "}") return words_[i + 1].text != "else" || !word.comments.empty();
    return IsOneOf(word.text, {";", "{"}) || (annotation && word.text == ")");
  }

  std::vector<Piece> Pieces(std::size_t begin, std::size_t last) const {
    std::vector<Piece> pieces;
    for (std::size_t i = begin; i <= last; ++i) {
      const std::string_view left = i > begin ? words_[i - 1].text : std::string_view();
      const std::string_view right = words_[i].text;
      const bool arguments = i > begin + 1 && OpensArguments(words_[i - 2].text, right);
      const bool space = i > begin && !arguments && SpaceBetween(left, right);
      if (i == begin || !(arguments || StayTogether(left, right))) {
        pieces.push_back({"", i > begin && MayBreakBetween(left, right), space, {}});
      } else if (space) {
        pieces.back().text += ' ';
      }
      pieces.back().text += right;
      // Comments inside a piece go behind it.
      std::ranges::copy(words_[i].comments, std::back_inserter(pieces.back().comments));
    }
    return pieces;
  }

  void AddComment(const Comment& comment) {
    lines_.push_back({depth_, comment.apart && MayStandApart(), {}, comment.text});
  }

  // No empty line at the beginning of a file or block, nor between an annotation and what it annotates.
  bool MayStandApart() const {
    if (lines_.empty()) return false;
    const std::vector<Piece>& above = lines_.back().pieces;
    return above.empty() || !(above.back().text.ends_with('{') || above.front().text.starts_with('@'));
  }

  std::vector<Word> words_;
  std::vector<Comment> first_;  // before all words
  std::vector<Line> lines_;
  int depth_ = 0;
};

}  // namespace

std::string_view CommentText(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

std::vector<Line> SplitIntoLines(const std::vector<parse::Token>& tokens, std::string_view text) {
  return Splitter(tokens, text).Split();
}

}  // namespace appnet::format
