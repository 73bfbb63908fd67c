#include "oracle/cil_model.h"

#include <fmt/format.h>

#include <stdexcept>

namespace appnet::oracle {
namespace {

struct CilError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::vector<std::string> Tokens(std::string_view text) {
  std::vector<std::string> tokens;
  std::size_t i = 0;
  while (i < text.size()) {
    if (text[i] == ';') {
      while (i < text.size() && text[i] != '\n') ++i;
    } else if (text[i] == '(' || text[i] == ')') {
      tokens.emplace_back(1, text[i++]);
    } else if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n') {
      ++i;
    } else {
      const std::size_t end = std::min(text.find_first_of(" \t\n();", i), text.size());
      tokens.emplace_back(text.substr(i, end - i));
      i = end;
    }
  }
  return tokens;
}

}  // namespace

class CilModel::Reader {
 public:
  Reader(CilModel& model, const sepolicy::Policy& base) : model_(model), base_(base) {}

  void Read(std::string_view text) {
    const std::vector<std::string> tokens = Tokens(text);
    std::vector<Tree> statements;
    for (std::size_t i = 0; i < tokens.size();) statements.push_back(ReadTree(tokens, i));
    // declarations first: order does not matter in CIL
    for (const Tree& statement : statements) Declare(statement);
    for (const Tree& statement : statements) Fill(statement);
    for (const Tree& statement : statements) AddRules(statement, {});
    for (std::size_t i = 0; i < model_.rules_.size(); ++i) {
      for (const std::string& target : model_.rules_[i].targets) {
        for (const std::string& permission : model_.rules_[i].permissions)
          model_.index_[{target, permission}].push_back(i);
      }
    }
    for (const std::string& type : model_.types_) {
      if (!has_role_.contains(type)) throw CilError("no roletype for " + type);
    }
  }

 private:
  static Tree ReadTree(const std::vector<std::string>& tokens, std::size_t& i) {
    if (tokens[i] == ")") throw CilError("unexpected )");
    if (tokens[i] != "(") return {tokens[i++], {}};
    Tree tree;
    for (++i; i < tokens.size() && tokens[i] != ")";) tree.children.push_back(ReadTree(tokens, i));
    if (i++ == tokens.size()) throw CilError("open parenthesis");
    return tree;
  }

  static const std::string& Head(const Tree& statement) {
    if (statement.children.empty()) throw CilError("not a statement: " + statement.word);
    return statement.children[0].word;
  }
  static const std::string& Word(const Tree& statement, std::size_t i) {
    if (i >= statement.children.size() || statement.children[i].word.empty())
      throw CilError("missing word in " + Head(statement));
    return statement.children[i].word;
  }
  static void Count(const Tree& statement, std::size_t count) {
    if (statement.children.size() != count) throw CilError("wrong number of words in " + Head(statement));
  }

  void Declare(const Tree& statement) {
    const std::string& head = Head(statement);
    if (head == "type" || head == "typeattribute") {
      Count(statement, 2);
      const std::string& name = Word(statement, 1);
      const bool fresh = head == "type" ? model_.types_.insert(name).second
                                        : model_.attributes_.emplace(name, std::set<std::string>()).second;
      if (!fresh || base_.Find(name).kind != sepolicy::NameLookup::Kind::kNone)
        throw CilError("declared twice: " + name);
    } else if (head == "boolean") {
      Count(statement, 3);
      const std::string& value = Word(statement, 2);
      if (value != "true" && value != "false") throw CilError("boolean value " + value);
      if (!model_.booleans_.emplace(Word(statement, 1), value == "true").second)
        throw CilError("declared twice: " + Word(statement, 1));
      if (base_.FindBoolean(Word(statement, 1)))
        throw CilError("boolean of the base policy: " + Word(statement, 1));
    } else if (head == "policycap") {
      Count(statement, 2);
      model_.capabilities_.insert(Word(statement, 1));
    }
  }

  void Fill(const Tree& statement) {
    const std::string& head = Head(statement);
    if (head == "typeattributeset") {
      Count(statement, 3);
      const auto attribute = model_.attributes_.find(Word(statement, 1));
      if (attribute == model_.attributes_.end())
        throw CilError("adds to a foreign attribute: " + Word(statement, 1));
      for (const Tree& member : statement.children[2].children) {
        // Packet types are ours, the kernel and the loaders the base policy's; no attribute holds both.
        const bool own = model_.types_.contains(member.word);
        if (!own && base_.Find(member.word).kind != sepolicy::NameLookup::Kind::kType) {
          throw CilError("not a type: " + member.word);
        }
        if (!attribute->second.empty() && model_.types_.contains(*attribute->second.begin()) != own) {
          throw CilError("mixes packet types with others: " + attribute->first);
        }
        attribute->second.insert(member.word);
      }
      if (!statement.children[2].word.empty()) attribute->second.insert(Word(statement, 2));
    } else if (head == "roletype") {
      Count(statement, 3);
      if (Word(statement, 1) != "object_r" || !model_.types_.contains(Word(statement, 2)))
        throw CilError("roletype");
      has_role_.insert(Word(statement, 2));
    }
  }

  std::set<std::string> Expand(const std::string& name) const {
    if (model_.types_.contains(name)) return {name};
    if (const auto own = model_.attributes_.find(name); own != model_.attributes_.end()) return own->second;
    const sepolicy::NameLookup found = base_.Find(name);
    if (found.kind == sepolicy::NameLookup::Kind::kType) return {base_.TypeName(found.id)};
    if (found.kind == sepolicy::NameLookup::Kind::kNone) throw CilError("unknown name: " + name);
    std::set<std::string> names;
    for (const sepolicy::TypeId type : base_.TypesOf(found.id)) names.insert(base_.TypeName(type));
    return names;
  }

  void AddRules(const Tree& statement, const std::vector<std::pair<Tree, bool>>& conditions) {
    const std::string& head = Head(statement);
    if (head == "allow" || head == "auditallow") {
      Count(statement, 4);
      const Tree& permissions = statement.children[3];
      if (permissions.children.size() != 2 || Word(permissions, 0) != "packet")
        throw CilError("not a rule on packets");
      Rule rule{head == "auditallow", Expand(Word(statement, 1)), Expand(Word(statement, 2)), {}, conditions};
      for (const Tree& permission : permissions.children[1].children) {
        if (!base_.HasPermission("packet", permission.word))
          throw CilError("unknown permission: " + permission.word);
        rule.permissions.insert(permission.word);
      }
      if (rule.permissions.empty()) throw CilError("no permissions");
      model_.rules_.push_back(std::move(rule));
    } else if (head == "booleanif") {
      if (!conditions.empty()) throw CilError("nested booleanif");
      if (statement.children.size() < 3 || statement.children.size() > 4) throw CilError("booleanif");
      CheckExpression(statement.children[1]);
      for (std::size_t i = 2; i < statement.children.size(); ++i) {
        const Tree& branch = statement.children[i];
        if (Head(branch) != "true" && Head(branch) != "false") throw CilError("branch of booleanif");
        for (std::size_t j = 1; j < branch.children.size(); ++j) {
          AddRules(branch.children[j], {{statement.children[1], Head(branch) == "true"}});
        }
      }
    } else {
      static const std::set<std::string> kDone = {
          "type",     "typeattribute", "typeattributeset", "expandtypeattribute",
          "roletype", "boolean",       "policycap"};
      if (!kDone.contains(head) || !conditions.empty()) throw CilError("unexpected statement: " + head);
    }
  }

  void CheckExpression(const Tree& expression) const {
    if (!expression.word.empty()) {
      if (!model_.booleans_.contains(expression.word) && !base_.FindBoolean(expression.word)) {
        throw CilError("unknown boolean: " + expression.word);
      }
      return;
    }
    const std::size_t operands = Head(expression) == "not" ? 1 : 2;
    if (operands == 2 && Head(expression) != "and" && Head(expression) != "or")
      throw CilError("operator " + Head(expression));
    Count(expression, operands + 1);
    for (std::size_t i = 1; i < expression.children.size(); ++i) CheckExpression(expression.children[i]);
  }

  CilModel& model_;
  const sepolicy::Policy& base_;
  std::set<std::string> has_role_;
};

base::Result<CilModel> CilModel::Load(std::string_view text, const sepolicy::Policy& base) {
  CilModel model;
  try {
    Reader(model, base).Read(text);
    return model;
  } catch (const CilError& error) {
    return base::Error{error.what()};
  }
}

bool CilModel::Evaluate(const Tree& expression, const Setting& setting) {
  if (!expression.word.empty()) return setting.at(expression.word);
  const std::string& head = expression.children[0].word;
  if (head == "not") return !Evaluate(expression.children[1], setting);
  const bool left = Evaluate(expression.children[1], setting);
  const bool right = Evaluate(expression.children[2], setting);
  return head == "and" ? left && right : left || right;
}

Right CilModel::RightOf(const std::string& domain, const std::string& type, const std::string& permission,
                        const Setting& setting) const {
  Right right;
  const auto rules = index_.find({type, permission});
  if (rules == index_.end()) return right;
  for (const std::size_t i : rules->second) {
    const Rule& rule = rules_[i];
    if (!rule.sources.contains(domain)) continue;
    bool holds = true;
    for (const auto& [condition, wanted] : rule.conditions)
      holds = holds && Evaluate(condition, setting) == wanted;
    if (!holds) continue;
    if (rule.audit) {
      right.audited = true;
    } else {
      right.allowed = true;
    }
  }
  return right;
}

}  // namespace appnet::oracle
