#include "sema/statements.h"

namespace appnet::sema {

std::vector<const std::vector<ast::Statement>*> BodiesOf(const ast::Statement& statement) {
  if (const auto* block = std::get_if<ast::DomainBlock>(&statement.what)) return {&block->body};
  if (const auto* block = std::get_if<ast::LabelBlock>(&statement.what)) return {&block->body};
  if (const auto* block = std::get_if<ast::IfBlock>(&statement.what))
    return {&block->then_body, &block->else_body};
  if (const auto* body = std::get_if<ast::TemplateDeclaration>(&statement.what)) return {&body->body};
  return {};
}

const ast::Rule* RuleOf(const ast::Statement& statement) {
  if (const auto* rule = std::get_if<ast::Rule>(&statement.what)) return rule;
  if (const auto* assertion = std::get_if<ast::Assertion>(&statement.what)) return &assertion->rule;
  return nullptr;
}

}  // namespace appnet::sema
