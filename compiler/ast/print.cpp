#include "ast/print.h"

#include <fmt/format.h>

#include <cstddef>
#include <variant>

namespace appnet::ast {
namespace {

constexpr std::size_t kIndent = 4;

std::string PrintItem(const SetItem& item);

std::string Union(const std::vector<SetItem>& items) {
  std::string out;
  for (const SetItem& item : items) {
    if (!out.empty()) out += ", ";
    out += PrintItem(item);
  }
  return out;
}

struct ItemPrinter {
  std::string operator()(const AnyItem& /*item*/) const { return "any"; }
  std::string operator()(const NameItem& item) const { return std::string(item.text); }
  std::string operator()(const AddressItem& item) const {
    if (item.prefix) return fmt::format("{}/{}", item.first, *item.prefix);
    if (item.last) return fmt::format("{}-{}", item.first, *item.last);
    return std::string(item.first);
  }
  std::string operator()(const InterfaceItem& item) const { return fmt::format("\"{}\"", item.pattern); }
  std::string operator()(const ServiceItem& item) const {
    std::string out = fmt::format("{}/{}", item.protocol, item.first);
    if (item.last) out += fmt::format("-{}", *item.last);
    if (item.code) out += fmt::format(":{}", *item.code);
    return out;
  }
  std::string operator()(const GroupedItem& item) const { return fmt::format("({})", Print(*item.set)); }
};

std::string PrintItem(const SetItem& item) { return std::visit(ItemPrinter{}, item.what); }

// The commas of an argument list are not those of a union.
std::string PrintArgument(const Set& set) {
  const bool plain = set.items.size() == 1 && set.except.size() <= 1;
  return plain ? Print(set) : fmt::format("({})", Print(set));
}

// `a` inside `b` needs parentheses when it binds no tighter.
int Tightness(Condition::Kind kind) {
  switch (kind) {
    case Condition::Kind::kOr:
      return 0;
    case Condition::Kind::kAnd:
      return 1;
    case Condition::Kind::kNot:
      return 2;
    default:
      return 3;
  }
}

std::string PrintOperand(const Condition& operand, Condition::Kind of) {
  // `not not a` is read as it stands; an `and` in an `and` is another tree without its parentheses.
  const bool bare = of == Condition::Kind::kNot ? Tightness(operand.kind) >= Tightness(of)
                                                : Tightness(operand.kind) > Tightness(of);
  return bare ? Print(operand) : fmt::format("({})", Print(operand));
}

bool IsBlock(const Statement& statement) {
  return std::holds_alternative<DomainBlock>(statement.what) ||
         std::holds_alternative<IfBlock>(statement.what) ||
         std::holds_alternative<LabelBlock>(statement.what) ||
         std::holds_alternative<TemplateDeclaration>(statement.what);
}

bool IsDeclaration(const Statement& statement) {
  return std::holds_alternative<HostDeclaration>(statement.what) ||
         std::holds_alternative<InterfaceDeclaration>(statement.what) ||
         std::holds_alternative<ServiceDeclaration>(statement.what) ||
         std::holds_alternative<GroupDeclaration>(statement.what) ||
         std::holds_alternative<BooleanDeclaration>(statement.what);
}

// Whether an empty line stands between two statements of a file.
bool Apart(const Statement& above, const Statement& below) {
  if (IsBlock(above) || IsBlock(below)) return true;
  if (IsDeclaration(above) && IsDeclaration(below)) return false;
  return above.what.index() != below.what.index();
}

class FilePrinter {
 public:
  std::string Print(const File& file) {
    const Statement* above = nullptr;
    for (const Statement& statement : file.statements) {
      if (above != nullptr && Apart(*above, statement)) out_ += '\n';
      AddStatement(statement);
      above = &statement;
    }
    return std::move(out_);
  }

  void operator()(const PolicyHeader& header) {
    Add("{} {};", header.library ? "library" : "policy", header.name.text);
  }
  void operator()(const Import& import) {
    Add(import.is_path ? "import \"{}\";" : "import {};", import.target);
  }
  void operator()(const HostDeclaration& declaration) {
    AddDeclaration("host", declaration.name, declaration.set);
  }
  void operator()(const InterfaceDeclaration& declaration) {
    AddDeclaration("interface", declaration.name, declaration.set);
  }
  void operator()(const ServiceDeclaration& declaration) {
    AddDeclaration("service", declaration.name, declaration.set);
  }
  void operator()(const GroupDeclaration& declaration) {
    AddDeclaration("group", declaration.name, declaration.set);
  }
  void operator()(const BooleanDeclaration& declaration) {
    Add("boolean {} = {};", declaration.name.text, declaration.value);
  }
  void operator()(const DomainBlock& block) {
    AddBlock(fmt::format("domain {}", ast::Print(block.domains)), block.body);
    EndLine();
  }
  void operator()(const LabelBlock& block) {
    AddBlock(fmt::format("label {}", block.type.text), block.body);
    EndLine();
  }
  void operator()(const IfBlock& block) {
    AddIf(block);
    EndLine();
  }
  void operator()(const Unmatched& unmatched) {
    Add("unmatched {}{};", unmatched.forward ? "forward " : "", unmatched.mode);
  }
  void operator()(const EnforceAlways& /*statement*/) { Add("enforce always;"); }
  void operator()(const TemplateDeclaration& declaration) {
    std::string parameters;
    for (const Parameter& parameter : declaration.parameters) {
      if (!parameters.empty()) parameters += ", ";
      parameters += fmt::format("{} {}", parameter.kind, parameter.name.text);
    }
    AddBlock(fmt::format("template {}({})", declaration.name.text, parameters), declaration.body);
    EndLine();
  }
  void operator()(const Use& use) {
    std::string arguments;
    for (const Set& argument : use.arguments) {
      if (!arguments.empty()) arguments += ", ";
      arguments += PrintArgument(argument);
    }
    Add("use {}({});", use.name.text, arguments);
  }
  void operator()(const Assertion& assertion) {
    Add("assert {}{} {} {};", assertion.kind == AssertKind::kOnlyCan ? "only " : "",
        ast::Print(assertion.domains), assertion.kind == AssertKind::kCannot ? "cannot" : "can",
        ast::Print(assertion.rule));
  }
  void operator()(const Rule& rule) { Add("{};", ast::Print(rule)); }

 private:
  void AddStatement(const Statement& statement) {
    for (const Annotation& annotation : statement.annotations) {
      Indent();
      Add("@{}(\"{}\")", annotation.name, annotation.value);
    }
    Indent();
    std::visit(*this, statement.what);
  }

  // A whole line, after its indentation.
  template <typename... Arguments>
  void Add(fmt::string_view format, const Arguments&... arguments) {
    out_ += fmt::vformat(format, fmt::make_format_args(arguments...));
    EndLine();
  }

  void AddDeclaration(std::string_view word, const Name& name, const Set& set) {
    Add("{} {} = {};", word, name.text, ast::Print(set));
  }

  // Up to the closing brace.
  void AddBlock(std::string_view head, const std::vector<Statement>& body) {
    out_ += fmt::format("{} {{\n", head);
    ++depth_;
    for (const Statement& statement : body) AddStatement(statement);
    --depth_;
    Indent();
    out_ += '}';
  }

  void AddIf(const IfBlock& first) {
    const IfBlock* block = &first;
    while (true) {
      AddBlock(fmt::format("if {}", ast::Print(*block->condition)), block->then_body);
      const std::vector<Statement>& otherwise = block->else_body;
      if (otherwise.empty()) return;
      out_ += " else ";
      const IfBlock* next = std::get_if<IfBlock>(&otherwise.front().what);
      if (otherwise.size() == 1 && next != nullptr && otherwise.front().annotations.empty()) {
        block = next;
        continue;
      }
      // The brace alone: `else` is already there.
      AddElse(otherwise);
      return;
    }
  }

  void AddElse(const std::vector<Statement>& body) {
    out_ += "{\n";
    ++depth_;
    for (const Statement& statement : body) AddStatement(statement);
    --depth_;
    Indent();
    out_ += '}';
  }

  void Indent() { out_.append(depth_ * kIndent, ' '); }
  void EndLine() { out_ += '\n'; }

  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string Print(const Set& set) {
  std::string out = Union(set.items);
  if (!set.except.empty()) out += fmt::format(" except {}", Union(set.except));
  return out;
}

std::string Print(const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::kName:
    case Condition::Kind::kConstant:
      return std::string(condition.name);
    case Condition::Kind::kNot:
      return fmt::format("not {}", PrintOperand(*condition.operands.front(), condition.kind));
    case Condition::Kind::kAnd:
    case Condition::Kind::kOr:
      break;
  }
  const std::string_view between = condition.kind == Condition::Kind::kAnd ? " and " : " or ";
  std::string out;
  for (const auto& operand : condition.operands) {
    if (!out.empty()) out += between;
    out += PrintOperand(*operand, condition.kind);
  }
  return out;
}

std::string Print(const Rule& rule) {
  std::string out = rule.audited ? "audit " : "";
  switch (rule.kind) {
    case RuleKind::kConnect:
      out += "connect";
      break;
    case RuleKind::kAccept:
      out += "accept";
      break;
    case RuleKind::kForward:
      out += "forward";
      break;
  }
  const auto add = [&out](std::string_view word, const std::optional<Set>& set) {
    if (set) out += fmt::format("{} {}", word, Print(*set));
  };
  add("", rule.services);
  add(" from", rule.from);
  add(" to", rule.to);
  add(" at", rule.at);
  add(" via", rule.via);
  add(" ->", rule.via_out);
  if (rule.as_type) out += fmt::format(" as {}", rule.as_type->text);
  return out;
}

std::string Print(const File& file) { return FilePrinter().Print(file); }

}  // namespace appnet::ast
