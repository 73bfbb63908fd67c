// The order of evaluation of declared sets, and definitions that go in a circle.

#include <fmt/format.h>

#include <algorithm>

#include "sema/sets.h"
#include "sema/statements.h"

namespace appnet::sema {
namespace {

constexpr std::size_t kShownInCycle = 8;

}  // namespace

// Only names that do mean a set of the same kind; all else is an error that is reported when the set is
// evaluated.
std::vector<std::pair<DeclarationId, source::Span>> Sets::Dependencies(DeclarationId id) const {
  std::vector<std::pair<DeclarationId, source::Span>> found;
  const Declaration& declaration = names_[id];
  ForEachItem(*declaration.set, [&](const ast::SetItem& item) {
    const auto* name = std::get_if<ast::NameItem>(&item.what);
    if (name == nullptr) return;
    const Lookup lookup = names_.Find(declaration.module, name->text);
    if (!lookup.first || lookup.second || names_[*lookup.first].kind != declaration.kind) return;
    // The base policy's meaning holds for such a name.
    if (declaration.kind == NameKind::kGroup && names_[*lookup.first].taken) return;
    found.emplace_back(*lookup.first, item.span);
  });
  return found;
}

void Sets::EvaluateDeclarations() {
  values_.resize(names_.all().size());
  std::vector<State> state(names_.all().size(), State::kNew);
  for (DeclarationId id = 0; id < names_.all().size(); ++id) {
    if (names_[id].set != nullptr && state[id] == State::kNew) EvaluateFrom(id, state);
  }
}

void Sets::EvaluateFrom(DeclarationId id, std::vector<State>& state) {
  struct Step {
    DeclarationId id;
    std::vector<std::pair<DeclarationId, source::Span>> names;
    std::size_t next = 0;
    bool cyclic = false;
  };
  std::vector<Step> stack;
  const auto open = [&](DeclarationId opened) {
    state[opened] = State::kOpen;
    stack.push_back({opened, Dependencies(opened)});
  };
  open(id);
  while (!stack.empty()) {
    Step& top = stack.back();
    if (top.next == top.names.size()) {
      state[top.id] = State::kDone;
      const Declaration& declaration = names_[top.id];
      if (!top.cyclic) {
        values_[top.id] = Evaluate(*declaration.set, declaration.kind, Place{declaration.module, nullptr});
      }
      stack.pop_back();
      continue;
    }
    const DeclarationId target = top.names[top.next].first;
    const source::Span span = top.names[top.next++].second;
    if (state[target] == State::kNew) {
      open(target);
      continue;
    }
    if (state[target] != State::kOpen) continue;
    const auto start =
        std::find_if(stack.begin(), stack.end(), [&](const Step& step) { return step.id == target; });
    auto report =
        inputs_.emitter.Report(diag::Kind::kDefinitionCycle, span,
                               fmt::format("the {} `{}` is defined by itself", WordFor(names_[target].kind),
                                           names_[target].name->text));
    for (auto step = start; step != stack.end(); ++step) {
      step->cyclic = true;
      const auto distance = static_cast<std::size_t>(step - start);
      if (step + 1 != stack.end() && distance < kShownInCycle) {
        report.Label(step->names[step->next - 1].second,
                     fmt::format("by way of `{}`", names_[(step + 1)->id].name->text));
      }
    }
  }
}

}  // namespace appnet::sema
