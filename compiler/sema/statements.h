#pragma once
// Contract: walks over trees. Not recursive: `else if` can be chained without end.

#include <vector>

#include "ast/ast.h"

namespace appnet::sema {

// The bodies of a statement, in source order; empty for a statement without a block.
std::vector<const std::vector<ast::Statement>*> BodiesOf(const ast::Statement& statement);

// Every statement, outer before inner, in source order.
template <typename Visit>
void ForEachStatement(const std::vector<ast::Statement>& statements, const Visit& visit) {
  struct Range {
    const std::vector<ast::Statement>* statements;
    std::size_t next;
  };
  std::vector<Range> stack{{&statements, 0}};
  while (!stack.empty()) {
    Range& top = stack.back();
    if (top.next == top.statements->size()) {
      stack.pop_back();
      continue;
    }
    const ast::Statement& statement = (*top.statements)[top.next++];
    visit(statement);
    const auto bodies = BodiesOf(statement);
    for (auto body = bodies.rbegin(); body != bodies.rend(); ++body) stack.push_back({*body, 0});
  }
}

// The rule of a statement: a rule by itself, or an assertion's.
const ast::Rule* RuleOf(const ast::Statement& statement);

template <typename Visit>
void ForEachSet(const ast::Rule& rule, const Visit& visit) {
  for (const auto* part : {&rule.services, &rule.from, &rule.to, &rule.at, &rule.via, &rule.via_out}) {
    if (*part) visit(**part);
  }
}

// Every set that is written in the statement itself, bodies left out.
template <typename Visit>
void ForEachSet(const ast::Statement& statement, const Visit& visit) {
  if (const auto* host = std::get_if<ast::HostDeclaration>(&statement.what)) visit(host->set);
  if (const auto* interface = std::get_if<ast::InterfaceDeclaration>(&statement.what)) visit(interface->set);
  if (const auto* service = std::get_if<ast::ServiceDeclaration>(&statement.what)) visit(service->set);
  if (const auto* group = std::get_if<ast::GroupDeclaration>(&statement.what)) visit(group->set);
  if (const auto* block = std::get_if<ast::DomainBlock>(&statement.what)) visit(block->domains);
  if (const auto* assertion = std::get_if<ast::Assertion>(&statement.what)) visit(assertion->domains);
  if (const auto* use = std::get_if<ast::Use>(&statement.what)) {
    for (const ast::Set& argument : use->arguments) visit(argument);
  }
  if (const ast::Rule* rule = RuleOf(statement)) ForEachSet(*rule, visit);
}

// Every item of a set, also those in parentheses, whose depth the parser bounds.
template <typename Visit>
void ForEachItem(const ast::Set& set, const Visit& visit) {
  for (const auto* items : {&set.items, &set.except}) {
    for (const ast::SetItem& item : *items) {
      if (const auto* grouped = std::get_if<ast::GroupedItem>(&item.what)) {
        ForEachItem(*grouped->set, visit);
      } else {
        visit(item);
      }
    }
  }
}

}  // namespace appnet::sema
