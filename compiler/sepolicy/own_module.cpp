#include "sepolicy/own_module.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "sepolicy/cil_text.h"

namespace appnet::sepolicy {
namespace {

// A word, or what stands between two parentheses.
struct Tree {
  std::string_view word;  // empty for a list
  std::vector<Tree> children;

  std::string_view Word(std::size_t i) const { return i < children.size() ? children[i].word : ""; }
};

// Of text without comments, as PolicyToCil writes it.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  // The next statement and its text; false at the end.
  bool Next(Tree& statement, std::string_view& text) {
    at_ = text_.find('(', at_);
    if (at_ == std::string_view::npos) return false;
    const std::size_t begin = at_;
    statement = ReadList();
    text = text_.substr(begin, at_ - begin);
    return true;
  }

 private:
  Tree ReadList() {
    Tree list;
    for (++at_; at_ < text_.size() && text_[at_] != ')';) {
      if (text_[at_] == '(') {
        list.children.push_back(ReadList());
      } else if (IsBlank(text_[at_])) {
        ++at_;
      } else {
        const bool quoted = text_[at_] == '"';
        const std::size_t close = quoted ? text_.find('"', at_ + 1) : text_.find_first_of(" \t\n()", at_);
        const std::size_t end = close == std::string_view::npos ? text_.size() : close + (quoted ? 1 : 0);
        list.children.push_back({text_.substr(at_, end - at_), {}});
        at_ = end;
      }
    }
    at_ = std::min(at_ + 1, text_.size());
    return list;
  }
  static bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

  std::string_view text_;
  std::size_t at_ = 0;
};

using Names = std::set<std::string_view>;

bool Mentions(const Tree& tree, const Names& names) {
  if (names.contains(tree.word)) return true;
  for (const Tree& child : tree.children) {
    if (Mentions(child, names)) return true;
  }
  return false;
}

void Write(const Tree& tree, std::string& out) {
  if (!tree.word.empty()) {
    out += tree.word;
    return;
  }
  out += '(';
  for (std::size_t i = 0; i < tree.children.size(); ++i) {
    if (i > 0) out += ' ';
    Write(tree.children[i], out);
  }
  out += ')';
}

// Types of ours, from the members of our attribute, and the attributes themselves.
Names OwnNames(std::string_view cil) {
  Names names{kOwnAttribute, kKernelAttribute, kLoaderAttribute};
  Reader reader(cil);
  Tree statement;
  for (std::string_view text; reader.Next(statement, text);) {
    if (statement.Word(0) != "typeattributeset" || statement.Word(1) != kOwnAttribute) continue;
    for (const Tree& member : statement.children.at(2).children) names.insert(member.word);
  }
  return names;
}

// `b` of (booleanif b (true (auditallow appnet_kernel appnet_packet_type ...))), or (booleanif (b) ...);
// empty of other statements.
std::string_view MarkedBoolean(const Tree& statement) {
  if (statement.Word(0) != "booleanif" || statement.children.size() < 3) return {};
  const Tree& condition = statement.children[1];
  if (condition.children.size() > 1) return {};
  for (const Tree& rule : statement.children[2].children) {
    if (rule.Word(0) == "auditallow" && rule.Word(1) == kKernelAttribute && rule.Word(2) == kOwnAttribute)
      return condition.word.empty() ? condition.Word(0) : condition.word;
  }
  return {};
}

// The statement's lists without the names, and without the rules that speak of them.
Tree Without(const Tree& tree, const Names& names) {
  Tree rest{tree.word, {}};
  for (const Tree& child : tree.children) {
    if (!Mentions(child, names)) {
      rest.children.push_back(child);
    } else if (child.word.empty() && (tree.Word(0) == "booleanif" || tree.Word(0) == "typeattributeset")) {
      Tree part = Without(child, names);
      const bool has_rules = part.children.size() > (tree.Word(0) == "booleanif" ? 1 : 0);
      if (has_rules) rest.children.push_back(std::move(part));
    }
  }
  return rest;
}

}  // namespace

bool IsOwnModule(std::string_view cil) { return HasStatement(cil, "typeattribute", kOwnAttribute); }

std::string WithoutOwnModule(std::string_view cil) {
  const Names own = OwnNames(cil);
  Names booleans;
  std::string out;
  for (const bool writing : {false, true}) {  // the booleans are known once all conditionals were seen
    Reader reader(cil);
    Tree statement;
    for (std::string_view text; reader.Next(statement, text);) {
      const bool conditional = statement.Word(0) == "booleanif";
      if (!writing) {
        if (const std::string_view boolean = MarkedBoolean(statement); !boolean.empty())
          booleans.insert(boolean);
        continue;
      }
      if (statement.Word(0) == "boolean" && booleans.contains(statement.Word(1))) continue;
      if (!Mentions(statement, own)) {
        out.append(text).push_back('\n');
        continue;
      }
      if (!conditional && (statement.Word(0) != "typeattributeset" || own.contains(statement.Word(1))))
        continue;
      const Tree rest = Without(statement, own);
      if (rest.children.size() < 3) continue;  // nothing but the condition, or the attribute's name
      Write(rest, out);
      out.push_back('\n');
    }
  }
  return out;
}

}  // namespace appnet::sepolicy
