#include "sema/placement.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "sema/statements.h"

namespace appnet::sema {
namespace {

using diag::Kind;

struct Found {
  source::Span span;
  std::string words;  // "a `connect` rule"
};
// What a template brings to the place of its use: the first statement of each sort.
using Content = std::map<Sort, Found>;

std::string WordsFor(const ast::Statement& statement) {
  if (const auto* rule = std::get_if<ast::Rule>(&statement.what)) {
    constexpr std::string_view kWords[] = {"a `connect` rule", "an `accept` rule", "a `forward` rule"};
    return std::string(kWords[static_cast<int>(rule->kind)]);
  }
  if (std::holds_alternative<ast::DomainBlock>(statement.what)) return "a `domain` block";
  if (std::holds_alternative<ast::LabelBlock>(statement.what)) return "a `label` block";
  if (std::holds_alternative<ast::IfBlock>(statement.what)) return "an `if`";
  if (std::holds_alternative<ast::Assertion>(statement.what)) return "an `assert`";
  if (std::holds_alternative<ast::TemplateDeclaration>(statement.what)) return "a `template`";
  if (std::holds_alternative<ast::Import>(statement.what)) return "an `import`";
  if (std::holds_alternative<ast::Unmatched>(statement.what)) return "`unmatched`";
  if (std::holds_alternative<ast::EnforceAlways>(statement.what)) return "`enforce always`";
  if (std::holds_alternative<ast::Use>(statement.what)) return "a `use`";
  if (const auto* header = std::get_if<ast::PolicyHeader>(&statement.what)) {
    return header->library ? "`library`" : "`policy`";
  }
  return "a declaration";
}

std::string WordsFor(const ast::Statement& statement, Sort sort) {
  if (sort == Sort::kAuditedRule) return "`audit`";
  if (sort == Sort::kPeerNamed) return "`as`";
  return WordsFor(statement);
}

std::vector<Sort> SortsOf(const ast::Statement& statement) {
  if (const auto* rule = std::get_if<ast::Rule>(&statement.what)) {
    std::vector<Sort> sorts{rule->kind == ast::RuleKind::kForward ? Sort::kForwardRule : Sort::kLocalRule};
    if (rule->audited) sorts.push_back(Sort::kAuditedRule);
    if (rule->as_type) sorts.push_back(Sort::kPeerNamed);
    return sorts;
  }
  if (std::holds_alternative<ast::DomainBlock>(statement.what)) return {Sort::kDomainBlock};
  if (std::holds_alternative<ast::LabelBlock>(statement.what)) return {Sort::kLabelBlock};
  if (std::holds_alternative<ast::IfBlock>(statement.what)) return {Sort::kIf};
  if (std::holds_alternative<ast::Assertion>(statement.what)) return {Sort::kAssertion};
  if (std::holds_alternative<ast::Use>(statement.what)) return {};
  return {Sort::kTopOnly};
}

class Walk {
 public:
  Walk(const Names& names, const Inputs& inputs, std::map<DeclarationId, Content>& contents)
      : names_(names), inputs_(inputs), contents_(contents) {}

  // `content` collects what stands in no block of a template's body.
  void Check(const std::vector<ast::Statement>& statements, const Surroundings& around, ModuleId module,
             Content* content) const {
    struct Range {
      const std::vector<ast::Statement>* statements;
      Surroundings around;
      std::size_t next = 0;
    };
    std::vector<Range> stack{{&statements, around}};
    while (!stack.empty()) {
      Range& top = stack.back();
      if (top.next == top.statements->size()) {
        stack.pop_back();
        continue;
      }
      const ast::Statement& statement = (*top.statements)[top.next++];
      const Surroundings here = top.around;
      CheckOne(statement, here, module, content);
      Surroundings inner = here;
      if (std::holds_alternative<ast::DomainBlock>(statement.what))
        inner = {.domain = true, .conditional = here.conditional};
      if (std::holds_alternative<ast::LabelBlock>(statement.what))
        inner = {.label = true, .conditional = here.conditional};
      if (std::holds_alternative<ast::IfBlock>(statement.what)) inner.conditional = true;
      if (std::holds_alternative<ast::TemplateDeclaration>(statement.what)) continue;  // looked at by itself
      const auto bodies = BodiesOf(statement);
      for (auto body = bodies.rbegin(); body != bodies.rend(); ++body) stack.push_back({*body, inner});
    }
  }

 private:
  void CheckOne(const ast::Statement& statement, const Surroundings& here, ModuleId module,
                Content* content) const {
    if (const auto* use = std::get_if<ast::Use>(&statement.what))
      return CheckUse(*use, here, module, content);
    for (const Sort sort : SortsOf(statement)) {
      if (const auto refusal = Refusal(sort, here)) {
        inputs_.emitter.Report(Kind::kMisplacedStatement, statement.span,
                               fmt::format("{} can't stand here: {}", WordsFor(statement, sort), *refusal));
        return;
      }
      if (here.body && content != nullptr)
        content->emplace(sort, Found{statement.span, WordsFor(statement, sort)});
    }
  }

  void CheckUse(const ast::Use& use, const Surroundings& here, ModuleId module, Content* content) const {
    const Lookup lookup = names_.Find(module, use.name.text);
    if (!lookup.first || lookup.second || names_[*lookup.first].body == nullptr) return;
    const auto brought = contents_.find(*lookup.first);
    if (brought == contents_.end()) return;  // a template that uses itself
    for (const auto& [sort, found] : brought->second) {
      if (const auto refusal = Refusal(sort, here)) {
        inputs_.emitter
            .Report(Kind::kMisplacedStatement, use.name.span,
                    fmt::format("the template `{}` brings {}, which can't stand here: {}", use.name.text,
                                found.words, *refusal))
            .Label(found.span, "this one");
        return;
      }
      if (here.body && content != nullptr) content->emplace(sort, found);
    }
  }

  const Names& names_;
  const Inputs& inputs_;
  std::map<DeclarationId, Content>& contents_;
};

void CheckLibrary(const Module& module, const Inputs& inputs) {
  for (const ast::Statement& statement : module.tree->statements) {
    const bool policy_wide = std::holds_alternative<ast::Unmatched>(statement.what) ||
                             std::holds_alternative<ast::EnforceAlways>(statement.what);
    const bool rule = std::holds_alternative<ast::Use>(statement.what) || policy_wide;
    const std::vector<Sort> sorts = SortsOf(statement);
    if (!rule && !sorts.empty() && sorts.front() == Sort::kTopOnly) continue;
    inputs.emitter
        .Report(Kind::kMisplacedStatement, statement.span,
                fmt::format("{} can't stand in a library: a library has declarations, templates and imports",
                            WordsFor(statement)))
        .Help(policy_wide ? "the policy itself says it" : "a template holds it, and the policy says `use`");
  }
}

}  // namespace

std::optional<std::string> Refusal(Sort sort, const Surroundings& around) {
  switch (sort) {
    case Sort::kLocalRule:
      if (around.domain || around.label || around.body) return std::nullopt;
      return "it needs a `domain` block around it that says whose it is, or a `label` block";
    case Sort::kForwardRule:
      if (around.domain) return "routed traffic belongs to no domain; it stands outside of `domain` blocks";
      return std::nullopt;
    case Sort::kAuditedRule:
      if (around.label) return "`audit` logs what domains may do, and a `label` block grants nothing";
      return std::nullopt;
    case Sort::kPeerNamed:
      if (around.label) return "`as` names who may, and a `label` block grants nothing";
      return std::nullopt;
    case Sort::kIf:
      if (around.label) return "a packet's type can't depend on a boolean";
      return std::nullopt;
    case Sort::kDomainBlock:
      if (around.domain) return "`domain` blocks don't nest";
      if (around.label) return "a `label` block has rules only";
      return std::nullopt;
    case Sort::kLabelBlock:
      if (around.domain) return "a `label` block is for traffic that no domain's rule governs";
      if (around.label) return "`label` blocks don't nest";
      if (around.conditional) return "a packet's type can't depend on a boolean";
      return std::nullopt;
    case Sort::kAssertion:
      if (around.domain || around.label || around.conditional) return "it stands outside of all blocks";
      return std::nullopt;
    case Sort::kTopOnly:
      if (around.domain || around.label || around.conditional || around.body)
        return "it stands outside of all blocks";
      return std::nullopt;
  }
  return std::nullopt;
}

void CheckPlacement(const Modules& modules, const Names& names, const Templates& templates,
                    const Inputs& inputs) {
  std::map<DeclarationId, Content> contents;
  const Walk walk(names, inputs, contents);
  for (const DeclarationId id : templates.ordered()) {
    Content content;
    walk.Check(names[id].body->body, {.body = true}, names[id].module, &content);
    contents.emplace(id, std::move(content));
  }
  for (ModuleId id = 0; id < modules.all.size(); ++id) {
    if (modules.all[id].root) {
      walk.Check(modules.all[id].tree->statements, {}, id, nullptr);
    } else {
      CheckLibrary(modules.all[id], inputs);
    }
  }
}

}  // namespace appnet::sema
