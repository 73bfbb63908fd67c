#include "parse/build_ast.h"

#include <fmt/format.h>

#include <utility>

#include "base/check.h"
#include "parse/build_parts.h"

namespace appnet::parse {
namespace {

class StatementBuilder {
 public:
  StatementBuilder(std::string_view text, source::FileId file, diag::Emitter& emitter)
      : parts_(text, file), emitter_(emitter) {}

  std::vector<ast::Statement> StatementsOf(const std::vector<Tree::StatementContext*>& trees) const {
    std::vector<ast::Statement> statements;
    statements.reserve(trees.size());
    for (Tree::StatementContext* tree : trees) {
      if (std::optional<ast::Statement> statement = StatementOf(*tree))
        statements.push_back(std::move(*statement));
    }
    return statements;
  }

 private:
  // After the annotations, the one child that is the statement proper.
  static antlr4::ParserRuleContext* Proper(const Tree::StatementContext& tree) {
    for (auto child = tree.children.rbegin(); child != tree.children.rend(); ++child) {
      if (auto* rule = dynamic_cast<antlr4::ParserRuleContext*>(*child)) return rule;
    }
    return nullptr;
  }

  std::optional<ast::Statement> StatementOf(Tree::StatementContext& tree) const {
    if (tree.exception != nullptr) return std::nullopt;
    antlr4::ParserRuleContext* proper = Proper(tree);
    if (proper == nullptr) return std::nullopt;
    ast::Statement statement;
    for (Tree::AnnotationContext* annotation : tree.annotations) {
      statement.annotations.push_back(parts_.AnnotationOf(*annotation));
    }
    statement.span = parts_.SpanOfTree(*proper);
    if (!Fill(statement, *proper)) return std::nullopt;
    return statement;
  }

  // False when the head of a block was given up.
  bool Fill(ast::Statement& statement, antlr4::ParserRuleContext& tree) const {
    switch (tree.getRuleIndex()) {
      case Tree::RuleHeader:
        statement.what = HeaderOf(static_cast<Tree::HeaderContext&>(tree));
        return true;
      case Tree::RuleImportStatement:
        statement.what = ImportOf(static_cast<Tree::ImportStatementContext&>(tree));
        return true;
      case Tree::RuleDeclaration:
        FillDeclaration(statement, static_cast<Tree::DeclarationContext&>(tree));
        return true;
      case Tree::RuleBooleanDeclaration:
        statement.what = BooleanOf(static_cast<Tree::BooleanDeclarationContext&>(tree));
        return true;
      case Tree::RuleDomainBlock:
        return FillDomain(statement, static_cast<Tree::DomainBlockContext&>(tree));
      case Tree::RuleIfBlock:
        return FillIf(statement, static_cast<Tree::IfBlockContext&>(tree));
      case Tree::RuleLabelBlock:
        return FillLabel(statement, static_cast<Tree::LabelBlockContext&>(tree));
      case Tree::RuleUnmatched:
        statement.what = UnmatchedOf(static_cast<Tree::UnmatchedContext&>(tree));
        return true;
      case Tree::RuleEnforce:
        statement.what = ast::EnforceAlways{};
        return true;
      case Tree::RuleTemplateDeclaration:
        return FillTemplate(statement, static_cast<Tree::TemplateDeclarationContext&>(tree));
      case Tree::RuleUse:
        statement.what = UseOf(static_cast<Tree::UseContext&>(tree));
        return true;
      case Tree::RuleAssertion:
        return FillAssertion(statement, static_cast<Tree::AssertionContext&>(tree));
      case Tree::RuleGrant:
        statement.what = GrantOf(static_cast<Tree::GrantContext&>(tree), statement.annotations);
        return true;
      default:
        APPNET_CHECK(false, "a statement the tree builder does not know");
        return false;
    }
  }

  ast::PolicyHeader HeaderOf(const Tree::HeaderContext& tree) const {
    return {tree.word->getType() == Tree::LIBRARY, parts_.NameOf(tree.name)};
  }

  ast::Import ImportOf(const Tree::ImportStatementContext& tree) const {
    const bool is_path = tree.target->getType() == Tree::STRING;
    return {is_path, is_path ? parts_.Unquoted(tree.target) : parts_.TextOf(tree.target),
            parts_.SpanOfToken(tree.target)};
  }

  void FillDeclaration(ast::Statement& statement, const Tree::DeclarationContext& tree) const {
    const ast::Name name = parts_.NameOf(tree.name);
    ast::Set set = parts_.SetOf(*tree.members);
    switch (tree.word->getType()) {
      case Tree::HOST:
        statement.what = ast::HostDeclaration{name, std::move(set)};
        break;
      case Tree::INTERFACE:
        statement.what = ast::InterfaceDeclaration{name, std::move(set)};
        break;
      case Tree::SERVICE:
        statement.what = ast::ServiceDeclaration{name, std::move(set)};
        break;
      default:
        statement.what = ast::GroupDeclaration{name, std::move(set)};
        break;
    }
  }

  ast::BooleanDeclaration BooleanOf(const Tree::BooleanDeclarationContext& tree) const {
    return {parts_.NameOf(tree.name), tree.value->getType() == Tree::BOOL_TRUE};
  }

  std::vector<ast::Statement> BodyOf(Tree::BlockContext& tree) const { return StatementsOf(tree.statements); }

  bool FillDomain(ast::Statement& statement, Tree::DomainBlockContext& tree) const {
    Tree::DomainHeadContext& head = *tree.domainHead();
    if (head.exception != nullptr) return false;
    statement.what = ast::DomainBlock{parts_.SetOf(*head.domains), BodyOf(*tree.block())};
    return true;
  }

  bool FillLabel(ast::Statement& statement, Tree::LabelBlockContext& tree) const {
    Tree::LabelHeadContext& head = *tree.labelHead();
    if (head.exception != nullptr) return false;
    statement.what = ast::LabelBlock{parts_.NameOf(head.type), BodyOf(*tree.block())};
    return true;
  }

  bool FillIf(ast::Statement& statement, Tree::IfBlockContext& tree) const {
    Tree::IfHeadContext& head = *tree.ifHead();
    if (head.exception != nullptr) return false;
    ast::IfBlock block;
    block.condition = parts_.ConditionOf(*head.test);
    block.then_body = BodyOf(*tree.thenBody);
    if (tree.elseIf != nullptr) {
      ast::Statement link;
      link.span = parts_.SpanOfTree(*tree.elseIf);
      if (FillIf(link, *tree.elseIf)) block.else_body.push_back(std::move(link));
    } else if (tree.elseBody != nullptr) {
      block.else_body = BodyOf(*tree.elseBody);
    }
    statement.what = std::move(block);
    return true;
  }

  ast::Unmatched UnmatchedOf(const Tree::UnmatchedContext& tree) const {
    return {tree.forward != nullptr, parts_.TextOf(tree.chosen), parts_.SpanOfToken(tree.chosen)};
  }

  bool FillTemplate(ast::Statement& statement, Tree::TemplateDeclarationContext& tree) const {
    Tree::TemplateHeadContext& head = *tree.templateHead();
    if (head.exception != nullptr) return false;
    ast::TemplateDeclaration declaration;
    declaration.name = parts_.NameOf(head.name);
    for (const Tree::ParameterContext* parameter : head.parameters) {
      declaration.parameters.push_back({parts_.TextOf(parameter->word), parts_.SpanOfToken(parameter->word),
                                        parts_.NameOf(parameter->name)});
    }
    declaration.body = BodyOf(*tree.block());
    statement.what = std::move(declaration);
    return true;
  }

  ast::Use UseOf(const Tree::UseContext& tree) const {
    ast::Use use{parts_.NameOf(tree.name), {}};
    for (Tree::ArgumentContext* argument : tree.arguments) use.arguments.push_back(parts_.SetOf(*argument));
    return use;
  }

  bool FillAssertion(ast::Statement& statement, Tree::AssertionContext& tree) const {
    const bool cannot = tree.verb->getType() == Tree::CANNOT;
    if (tree.only != nullptr && cannot) {
      emitter_
          .Report(diag::Kind::kSyntaxError, parts_.SpanOfToken(tree.verb), "`assert only` goes with `can`")
          .Help("write `assert only DOMAINS can RULE;` or `assert DOMAINS cannot RULE;`");
      return false;
    }
    ast::Assertion assertion;
    assertion.kind = cannot                 ? ast::AssertKind::kCannot
                     : tree.only != nullptr ? ast::AssertKind::kOnlyCan
                                            : ast::AssertKind::kCan;
    assertion.domains = parts_.SetOf(*tree.domains);
    assertion.rule = parts_.RuleOf(*tree.flow());
    statement.what = std::move(assertion);
    return true;
  }

  ast::Rule GrantOf(Tree::GrantContext& tree, const std::vector<ast::Annotation>& annotations) const {
    ast::Rule rule = parts_.RuleOf(*tree.flow());
    if (tree.audit != nullptr) {
      rule.audited = true;
      rule.span = source::Join(parts_.SpanOfToken(tree.audit), rule.span);
    }
    rule.annotations = annotations;
    return rule;
  }

  PartBuilder parts_;
  diag::Emitter& emitter_;
};

// A set that is one plain name.
bool IsWord(const ast::Set& set, std::string_view word) {
  if (set.has_except || set.items.size() != 1) return false;
  const auto* name = std::get_if<ast::NameItem>(&set.items.front().what);
  return name != nullptr && name->text == word;
}

ast::RuleKind DirectionOf(const antlr4::Token& word) {
  switch (word.getType()) {
    case Tree::ACCEPT:
      return ast::RuleKind::kAccept;
    case Tree::FORWARD:
      return ast::RuleKind::kForward;
    default:
      return ast::RuleKind::kConnect;
  }
}

}  // namespace

ast::File BuildFile(const source::SourceMap& sources, source::FileId file, Tree::FileContext& tree,
                    diag::Emitter& emitter) {
  const StatementBuilder builder(sources.Text(file), file, emitter);
  return {file, builder.StatementsOf(tree.statements)};
}

std::optional<ast::Question> BuildQuestion(const source::SourceMap& sources, source::FileId file,
                                           Tree::QuestionContext& tree, diag::Emitter& emitter) {
  const PartBuilder parts(sources.Text(file), file);
  ast::Question question;
  question.span = parts.SpanOfTree(tree);
  ast::Set subject = parts.SetOf(*tree.subject);
  const bool what = IsWord(subject, "what");
  if ((tree.object != nullptr) != what) {
    emitter.Report(diag::Kind::kSyntaxError, subject.span, "this is no question")
        .Help(std::string(kQuestionForms));
    return std::nullopt;
  }
  if (what) {
    question.kind = ast::Question::Kind::kWhat;
    question.domains = parts.SetOf(*tree.object);
    question.direction = DirectionOf(*tree.word);
    return question;
  }
  question.rule = parts.RuleOf(*tree.flow());
  question.direction = question.rule->kind;
  if (!IsWord(subject, "who")) {
    question.kind = ast::Question::Kind::kCan;
    question.domains = std::move(subject);
  } else if (const auto& peers = question.rule->as_type) {
    emitter
        .Report(diag::Kind::kSyntaxError, peers->span,
                "`who` asks for the label of the peers, and `as` names one")
        .Help(fmt::format("leave `as` out, or ask `{} can forward ...`", peers->text));
    return std::nullopt;
  }
  return question;
}

}  // namespace appnet::parse
