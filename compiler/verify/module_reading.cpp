#include "verify/module_reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "verify/cil_statements.h"

namespace appnet::verify {
namespace {

constexpr std::array<std::string_view, 5> kPermissions{"send", "recv", "relabelto", "forward_in",
                                                       "forward_out"};

class ModuleReader {
 public:
  ModuleReader(const std::map<std::string, std::vector<std::string>, std::less<>>& base_attributes,
               Names& names, flow::Conditions& conditions)
      : base_attributes_(base_attributes),
        conditions_(conditions),
        module_{{}, {}, {}, {}, {names, conditions}} {}

  base::Result<Module> Read(std::string_view cil) {
    const base::Result<CilForest> forest = ReadCilStatements(cil);
    if (!forest) return forest.error();
    const std::vector<CilTree>& statements = forest.value().statements;
    // Declarations first: in CIL, order means nothing.
    for (const CilTree& statement : statements) Declare(statement);
    for (const CilTree& statement : statements) Complete(statement);
    for (const CilTree& statement : statements) AddRule(statement, flow::kAlways, true);
    for (const std::string& type : module_.types) {
      if (!with_role_.contains(type)) Refuse(0, fmt::format("the type `{}` has no role", type));
    }
    for (const auto& [attribute, members] : module_.attributes) {
      if (!kept_.contains(attribute)) Refuse(0, fmt::format("the attribute `{}` may be expanded", attribute));
    }
    if (refused_) return *refused_;
    return std::move(module_);
  }

 private:
  // Keeps the first reason; what is read after it no longer matters.
  void Refuse(unsigned line, std::string_view why) {
    if (refused_) return;
    refused_ = base::Error{line == 0 ? std::string(why) : fmt::format("line {}: {}", line, why)};
  }

  bool HasWords(const CilTree& list, std::size_t count) {
    const bool all = list.children.size() == count && std::ranges::all_of(list.children, &CilTree::IsWord);
    if (!all) Refuse(list.line, fmt::format("`{}` is not followed by {} words", list.Head(), count - 1));
    return all;
  }

  void Declare(const CilTree& statement) {
    const std::string_view head = statement.Head();
    bool fresh = true;
    if (head == "type" || head == "typeattribute") {
      if (!HasWords(statement, 2)) return;
      const std::string name(statement.children[1].word);
      fresh = !module_.types.contains(name) && !module_.attributes.contains(name);
      if (head == "type") {
        module_.types.insert(name);
      } else {
        module_.attributes[name];
      }
    } else if (head == "boolean") {
      if (!HasWords(statement, 3)) return;
      const std::string_view value = statement.children[2].word;
      if (value != "true" && value != "false")
        Refuse(statement.line, fmt::format("`{}` is no value of a boolean", value));
      fresh = module_.booleans.emplace(statement.children[1].word, value == "true").second;
    } else if (head == "policycap") {
      if (!HasWords(statement, 2)) return;
      fresh = module_.capabilities.emplace(statement.children[1].word).second;
    }
    if (!fresh) Refuse(statement.line, fmt::format("`{}` is declared twice", statement.children[1].word));
  }

  void Complete(const CilTree& statement) {
    const std::string_view head = statement.Head();
    if (head == "roletype") {
      if (!HasWords(statement, 3)) return;
      if (statement.children[1].word != "object_r" || !module_.types.contains(statement.children[2].word))
        Refuse(statement.line, "a role that no packet type needs");
      with_role_.emplace(statement.children[2].word);
    } else if (head == "expandtypeattribute") {
      if (!HasWords(statement, 3)) return;
      if (statement.children[2].word != "false" || !module_.attributes.contains(statement.children[1].word))
        Refuse(statement.line, "`expandtypeattribute` that is not `false` for an attribute of the module");
      kept_.emplace(statement.children[1].word);
    } else if (head == "typeattributeset") {
      if (statement.children.size() != 3 || !statement.children[1].IsWord() || statement.children[2].IsWord())
        return Refuse(statement.line, "`typeattributeset` without an attribute and a list");
      const auto attribute = module_.attributes.find(statement.children[1].word);
      if (attribute == module_.attributes.end())
        return Refuse(statement.line,
                      fmt::format("adds to `{}`, an attribute that the module does not declare",
                                  statement.children[1].word));
      for (const CilTree& member : statement.children[2].children) {
        // An expression, and an attribute in an attribute, would be words of CIL that no module of ours has.
        const bool operation = member.word == "all" || member.word == "not" || member.word == "and" ||
                               member.word == "or" || member.word == "xor";
        if (!member.IsWord() || operation || module_.attributes.contains(member.word) ||
            base_attributes_.contains(member.word))
          return Refuse(statement.line, fmt::format("`{}` has a member that is no type", attribute->first));
        attribute->second.emplace(member.word);
      }
    }
  }

  void AddRule(const CilTree& statement, flow::ConditionId when, bool top) {
    const std::string_view head = statement.Head();
    if (head == "allow" || head == "auditallow") return AddAccess(statement, head == "auditallow", when);
    if (top && head == "booleanif") return AddConditional(statement);
    static constexpr std::array<std::string_view, 7> kDone{
        "type",     "typeattribute",       "boolean",         "policycap",
        "roletype", "expandtypeattribute", "typeattributeset"};
    if (!top || std::ranges::find(kDone, head) == kDone.end())
      Refuse(statement.line, fmt::format("`{}` is no statement of a module of ours", head));
  }

  void AddConditional(const CilTree& statement) {
    if (statement.children.size() < 3) return Refuse(statement.line, "`booleanif` without a branch");
    std::set<std::string_view> booleans;
    AddBooleans(statement.children[1], booleans);
    if (booleans.size() > flow::kMostBooleans)
      return Refuse(statement.line, "a condition of more booleans than a module of ours has");
    const flow::ConditionId condition = Condition(statement.children[1]);
    NameSet seen;
    for (std::size_t i = 2; i < statement.children.size(); ++i) {
      const CilTree& branch = statement.children[i];
      const std::string_view name = branch.Head();
      if ((name != "true" && name != "false") || !seen.emplace(name).second)
        return Refuse(branch.line,
                      "a branch of `booleanif` that is neither `true` nor `false`, or is there twice");
      const flow::ConditionId when = name == "true" ? condition : conditions_.Not(condition);
      for (std::size_t j = 1; j < branch.children.size(); ++j) AddRule(branch.children[j], when, false);
    }
  }

  using NameSet = Module::NameSet;

  static void AddBooleans(const CilTree& expression, std::set<std::string_view>& booleans) {
    if (expression.IsWord()) booleans.insert(expression.word);
    for (std::size_t i = 1; i < expression.children.size(); ++i)
      AddBooleans(expression.children[i], booleans);
  }

  flow::ConditionId Condition(const CilTree& expression) {
    if (expression.IsWord()) return conditions_.Variable(expression.word);
    const std::string_view head = expression.Head();
    const std::size_t operands = expression.children.empty() ? 0 : expression.children.size() - 1;
    if (head == "not" && operands == 1) return conditions_.Not(Condition(expression.children[1]));
    if ((head == "and" || head == "or") && operands == 2) {
      const flow::ConditionId left = Condition(expression.children[1]);
      const flow::ConditionId right = Condition(expression.children[2]);
      return head == "and" ? conditions_.And(left, right) : conditions_.Or(left, right);
    }
    Refuse(expression.line, fmt::format("`{}` with {} operands is no condition", head, operands));
    return flow::kNever;
  }

  // The types behind a name. A name that the module does not declare is a type of the base policy.
  std::vector<std::uint32_t> TypesBehind(const CilTree& name) {
    Names& names = module_.rights.names();
    std::vector<std::uint32_t> types;
    const auto own = module_.attributes.find(name.word);
    const auto base = base_attributes_.find(name.word);
    if (own != module_.attributes.end()) {
      for (const std::string& type : own->second) types.push_back(names.Of(type));
    } else if (base != base_attributes_.end()) {
      for (const std::string& type : base->second) types.push_back(names.Of(type));
    } else {
      types.push_back(names.Of(name.word));
    }
    return types;
  }

  void AddAccess(const CilTree& rule, bool audit, flow::ConditionId when) {
    const bool form = rule.children.size() == 4 && rule.children[1].IsWord() && rule.children[2].IsWord() &&
                      rule.children[3].children.size() == 2 && rule.children[3].Head() == "packet" &&
                      !rule.children[3].children[1].children.empty();
    if (!form || rule.children[1].word == "self" || rule.children[2].word == "self")
      return Refuse(rule.line, fmt::format("`{}` that is no rule on packets", rule.Head()));
    const std::vector<std::uint32_t> domains = TypesBehind(rule.children[1]);
    const std::vector<std::uint32_t> types = TypesBehind(rule.children[2]);
    for (const CilTree& permission : rule.children[3].children[1].children) {
      if (std::ranges::find(kPermissions, permission.word) == kPermissions.end())
        return Refuse(rule.line, fmt::format("`{}` is no permission on packets", permission.word));
      const std::uint32_t number = module_.rights.names().Of(permission.word);
      if (audit) {
        module_.rights.AuditAll(domains, number, types, when);
      } else {
        module_.rights.AllowAll(domains, number, types, when);
      }
    }
  }

  const std::map<std::string, std::vector<std::string>, std::less<>>& base_attributes_;
  flow::Conditions& conditions_;
  Module module_;
  NameSet with_role_, kept_;
  std::optional<base::Error> refused_;
};

}  // namespace

base::Result<Module> ReadModule(
    std::string_view cil, const std::map<std::string, std::vector<std::string>, std::less<>>& base_attributes,
    Names& names, flow::Conditions& conditions) {
  return ModuleReader(base_attributes, names, conditions).Read(cil);
}

}  // namespace appnet::verify
