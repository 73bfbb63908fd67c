#include "sema/templates.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sema/statements.h"

namespace appnet::sema {

using diag::Kind;

Templates::Templates(const Names& names, const Inputs& inputs) : names_(names), inputs_(inputs) {
  for (const Declaration& declaration : names_.all()) {
    if (declaration.body != nullptr) CheckParameters(declaration);
  }
  Order();
}

void Templates::CheckParameters(const Declaration& declaration) {
  std::map<std::string_view, source::Span> seen;
  for (const ast::Parameter& parameter : declaration.body->parameters) {
    CheckDeclaredName(parameter.name, false, inputs_);
    const auto [first, added] = seen.emplace(parameter.name.text, parameter.name.span);
    if (!added) {
      inputs_.emitter
          .Report(Kind::kDuplicateName, parameter.name.span,
                  fmt::format("two parameters have the name `{}`", parameter.name.text))
          .Label(first->second, "the first one");
      continue;
    }
    const auto own = names_.FindOwn(declaration.module, parameter.name.text);
    if (!own) continue;
    inputs_.emitter
        .Report(Kind::kDuplicateName, parameter.name.span,
                fmt::format("the parameter `{}` has the name of a declaration", parameter.name.text))
        .Label(names_[*own].name->span, fmt::format("declared here, as {}", WithArticle(names_[*own].kind)))
        .Help("give the parameter a name of its own");
  }
}

std::vector<Templates::UseEdge> Templates::UsesIn(DeclarationId id) const {
  std::vector<UseEdge> edges;
  const Declaration& declaration = names_[id];
  ForEachStatement(declaration.body->body, [&](const ast::Statement& statement) {
    const auto* use = std::get_if<ast::Use>(&statement.what);
    if (use == nullptr) return;
    const Lookup lookup = names_.Find(declaration.module, use->name.text);
    if (!lookup.first || lookup.second || names_[*lookup.first].body == nullptr) return;
    edges.push_back({*lookup.first, use->name.span});
  });
  return edges;
}

// Depth first with a stack of its own: templates can use each other in long chains.
void Templates::Order() {
  enum class State : unsigned char { kNew, kOpen, kDone };
  struct Step {
    DeclarationId id;
    std::vector<UseEdge> uses;
    std::size_t next = 0;
  };
  std::vector<State> state(names_.all().size(), State::kNew);
  std::vector<Step> stack;
  const auto open = [&](DeclarationId id) {
    state[id] = State::kOpen;
    stack.push_back({id, UsesIn(id)});
  };
  for (DeclarationId root = 0; root < names_.all().size(); ++root) {
    if (names_[root].body == nullptr || state[root] != State::kNew) continue;
    open(root);
    while (!stack.empty()) {
      Step& top = stack.back();
      if (top.next == top.uses.size()) {
        state[top.id] = State::kDone;
        ordered_.push_back(top.id);
        // What uses a template that never ends never ends either.
        if (std::any_of(top.uses.begin(), top.uses.end(),
                        [&](const UseEdge& use) { return IsBroken(use.target); })) {
          MarkBroken(top.id);
        }
        stack.pop_back();
        continue;
      }
      const UseEdge edge = top.uses[top.next++];
      if (state[edge.target] == State::kNew) {
        open(edge.target);
        continue;
      }
      if (state[edge.target] != State::kOpen) continue;
      auto report = inputs_.emitter.Report(
          Kind::kTemplateUsesItself, edge.span,
          fmt::format("the template `{}` uses itself", names_[edge.target].name->text));
      constexpr std::size_t kShown = 8;
      auto step =
          std::find_if(stack.begin(), stack.end(), [&](const Step& s) { return s.id == edge.target; });
      for (std::size_t shown = 0; step != stack.end(); ++step, ++shown) {
        MarkBroken(step->id);
        if (step + 1 == stack.end() || shown >= kShown) continue;
        report.Label(step->uses[step->next - 1].span,
                     fmt::format("by way of `{}`", names_[(step + 1)->id].name->text));
      }
    }
  }
}

}  // namespace appnet::sema
