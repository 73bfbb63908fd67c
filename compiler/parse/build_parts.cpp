#include "parse/build_parts.h"

#include "parse/token_span.h"

namespace appnet::parse {

using antlr4::Token;
using ast::Condition;

source::Span PartBuilder::SpanOfToken(const Token* token) const { return SpanOf(file_, *token); }

source::Span PartBuilder::SpanOfTree(antlr4::ParserRuleContext& tree) const {
  return source::Join(SpanOfToken(tree.getStart()), SpanOfToken(tree.getStop()));
}

std::string_view PartBuilder::TextOf(const Token* token) const {
  const std::size_t begin = token->getStartIndex();
  return text_.substr(begin, token->getStopIndex() + 1 - begin);
}

std::string_view PartBuilder::Unquoted(const Token* token) const {
  const std::string_view text = TextOf(token);
  return text.substr(1, text.size() - 2);
}

ast::Set PartBuilder::SetOf(Tree::SetContext& tree) const {
  ast::Set set;
  set.span = SpanOfTree(tree);
  set.items.reserve(tree.items.size());
  for (Tree::ItemContext* item : tree.items) set.items.push_back(ItemOf(*item));
  set.except.reserve(tree.removed.size());
  for (Tree::ItemContext* item : tree.removed) set.except.push_back(ItemOf(*item));
  set.has_except = !set.except.empty();
  return set;
}

ast::Set PartBuilder::SetOf(Tree::ArgumentContext& tree) const {
  ast::Set set;
  set.span = SpanOfTree(tree);
  set.items.push_back(ItemOf(*tree.kept));
  if (tree.removed != nullptr) set.except.push_back(ItemOf(*tree.removed));
  set.has_except = !set.except.empty();
  return set;
}

std::optional<ast::Set> PartBuilder::Optional(Tree::SetContext* tree) const {
  if (tree == nullptr) return std::nullopt;
  return SetOf(*tree);
}

ast::SetItem PartBuilder::ItemOf(Tree::ItemContext& tree) const {
  ast::SetItem item;
  item.span = SpanOfTree(tree);
  if (tree.any != nullptr) {
    item.what = ast::AnyItem{};
  } else if (tree.protocol != nullptr) {
    item.what = ServiceOf(tree.protocol, *tree.port());
  } else if (tree.name != nullptr) {
    // A name before a slash is a protocol the language lacks; sema says so.
    if (tree.children.size() > 1) {
      item.what = ServiceOf(tree.name, *tree.port());
    } else {
      item.what = ast::NameItem{TextOf(tree.name)};
    }
  } else if (tree.address != nullptr) {
    item.what = AddressOf(tree);
  } else if (tree.quoted != nullptr) {
    item.what = ast::InterfaceItem{Unquoted(tree.quoted)};
  } else {
    item.what = ast::GroupedItem{std::make_unique<ast::Set>(SetOf(*tree.grouped))};
  }
  return item;
}

ast::AddressItem PartBuilder::AddressOf(Tree::ItemContext& tree) const {
  ast::AddressItem address;
  address.first = TextOf(tree.address);
  if (tree.prefix != nullptr) address.prefix = TextOf(tree.prefix);
  if (tree.last != nullptr) address.last = TextOf(tree.last);
  return address;
}

ast::ServiceItem PartBuilder::ServiceOf(const Token* protocol, Tree::PortContext& tree) const {
  ast::ServiceItem service;
  service.protocol = TextOf(protocol);
  service.first = TextOf(tree.star != nullptr ? tree.star : tree.first);
  if (tree.last != nullptr) service.last = TextOf(tree.last);
  if (tree.code != nullptr) service.code = TextOf(tree.code);
  return service;
}

std::unique_ptr<Condition> PartBuilder::ConditionOf(Tree::ConditionContext& tree) const {
  if (tree.operands.size() == 1) return ConjunctionOf(*tree.operands.front());
  auto condition = std::make_unique<Condition>();
  condition->kind = Condition::Kind::kOr;
  condition->span = SpanOfTree(tree);
  for (Tree::ConjunctionContext* operand : tree.operands)
    condition->operands.push_back(ConjunctionOf(*operand));
  return condition;
}

std::unique_ptr<Condition> PartBuilder::ConjunctionOf(Tree::ConjunctionContext& tree) const {
  if (tree.operands.size() == 1) return NegationOf(*tree.operands.front());
  auto condition = std::make_unique<Condition>();
  condition->kind = Condition::Kind::kAnd;
  condition->span = SpanOfTree(tree);
  for (Tree::NegationContext* operand : tree.operands) condition->operands.push_back(NegationOf(*operand));
  return condition;
}

std::unique_ptr<Condition> PartBuilder::NegationOf(Tree::NegationContext& tree) const {
  if (tree.grouped != nullptr) return ConditionOf(*tree.grouped);
  auto condition = std::make_unique<Condition>();
  condition->span = SpanOfTree(tree);
  if (tree.negated != nullptr) {
    condition->kind = Condition::Kind::kNot;
    condition->operands.push_back(NegationOf(*tree.negated));
  } else if (tree.constant != nullptr) {
    condition->kind = Condition::Kind::kConstant;
    condition->name = TextOf(tree.constant);
  } else {
    condition->kind = Condition::Kind::kName;
    condition->name = TextOf(tree.name);
  }
  return condition;
}

ast::Rule PartBuilder::RuleOf(Tree::FlowContext& tree) const {
  ast::Rule rule;
  switch (tree.word->getType()) {
    case Tree::ACCEPT:
      rule.kind = ast::RuleKind::kAccept;
      break;
    case Tree::FORWARD:
      rule.kind = ast::RuleKind::kForward;
      break;
    default:
      rule.kind = ast::RuleKind::kConnect;
      break;
  }
  rule.span = SpanOfTree(tree);
  rule.services = Optional(tree.services);
  rule.from = Optional(tree.from);
  rule.to = Optional(tree.to);
  rule.at = Optional(tree.at);
  rule.via = Optional(tree.via);
  rule.via_out = Optional(tree.viaOut);
  if (tree.asType != nullptr) rule.as_type = NameOf(tree.asType);
  return rule;
}

ast::Annotation PartBuilder::AnnotationOf(Tree::AnnotationContext& tree) const {
  return {TextOf(tree.name), Unquoted(tree.value), SpanOfTree(tree), SpanOfToken(tree.value)};
}

}  // namespace appnet::parse
