#pragma once
// Contract: the parts statements are made of, from ANTLR's tree: names, sets, conditions, rules. Not for
// other rooms.

#include <AppnetParser.h>

#include <memory>
#include <vector>

#include "ast/ast.h"

namespace appnet::parse {

using Tree = generated::AppnetParser;

class PartBuilder {
 public:
  PartBuilder(std::string_view text, source::FileId file) : text_(text), file_(file) {}

  source::Span SpanOfToken(const antlr4::Token* token) const;
  source::Span SpanOfTree(antlr4::ParserRuleContext& tree) const;
  std::string_view TextOf(const antlr4::Token* token) const;
  std::string_view Unquoted(const antlr4::Token* token) const;

  ast::Name NameOf(const antlr4::Token* token) const { return {TextOf(token), SpanOfToken(token)}; }
  ast::Set SetOf(Tree::SetContext& tree) const;
  ast::Set SetOf(Tree::ArgumentContext& tree) const;
  std::unique_ptr<ast::Condition> ConditionOf(Tree::ConditionContext& tree) const;
  ast::Rule RuleOf(Tree::FlowContext& tree) const;
  ast::Annotation AnnotationOf(Tree::AnnotationContext& tree) const;

 private:
  ast::SetItem ItemOf(Tree::ItemContext& tree) const;
  ast::ServiceItem ServiceOf(const antlr4::Token* protocol, Tree::PortContext& tree) const;
  ast::AddressItem AddressOf(Tree::ItemContext& tree) const;
  std::unique_ptr<ast::Condition> ConjunctionOf(Tree::ConjunctionContext& tree) const;
  std::unique_ptr<ast::Condition> NegationOf(Tree::NegationContext& tree) const;
  std::optional<ast::Set> Optional(Tree::SetContext* tree) const;

  std::string_view text_;
  source::FileId file_;
};

}  // namespace appnet::parse
