// Libraries that import each other in a circle. Walked with a stack of its own: a chain of imports can be
// long.

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "sema/modules.h"

namespace appnet::sema {
namespace {

constexpr std::size_t kShownInChain = 8;

struct Step {
  ModuleId module;
  std::size_t next = 0;  // the import to follow next
};

void ReportCycle(const Modules& modules, const std::vector<Step>& stack, const ImportEdge& closing,
                 const Inputs& inputs) {
  const auto start = std::find_if(stack.begin(), stack.end(),
                                  [&](const Step& step) { return step.module == closing.target; });
  const auto shown = [&](ModuleId id) { return inputs.sources.Name(modules.all[id].tree->file); };
  std::string chain = fmt::format("`{}`", shown(closing.target));
  const std::size_t length = static_cast<std::size_t>(stack.end() - start);
  for (std::size_t i = 1; i < length; ++i) {
    if (i == kShownInChain) {
      chain += fmt::format(" imports ({} more)", length - i);
      break;
    }
    chain += fmt::format(" imports `{}`", shown((start + static_cast<std::ptrdiff_t>(i))->module));
  }
  chain += fmt::format(" imports `{}`", shown(closing.target));
  auto report =
      inputs.emitter.Report(diag::Kind::kImportCycle, closing.span, fmt::format("import cycle: {}", chain));
  std::size_t labels = 0;
  for (auto step = start; step + 1 < stack.end() && labels < kShownInChain; ++step, ++labels) {
    report.Label(modules.all[step->module].imports[step->next - 1].span, "by this import");
  }
  report.Help("move what both need into a library that imports neither");
}

}  // namespace

void CheckImportCycles(const Modules& modules, const Inputs& inputs) {
  enum class State { kNew, kOpen, kDone };
  std::vector<State> state(modules.all.size(), State::kNew);
  for (ModuleId root = 0; root < modules.all.size(); ++root) {
    if (state[root] != State::kNew) continue;
    std::vector<Step> stack{{root}};
    state[root] = State::kOpen;
    while (!stack.empty()) {
      Step& top = stack.back();
      const std::vector<ImportEdge>& imports = modules.all[top.module].imports;
      if (top.next == imports.size()) {
        state[top.module] = State::kDone;
        stack.pop_back();
        continue;
      }
      const ImportEdge& edge = imports[top.next++];
      if (state[edge.target] == State::kOpen) {
        ReportCycle(modules, stack, edge, inputs);
      } else if (state[edge.target] == State::kNew) {
        state[edge.target] = State::kOpen;
        stack.push_back({edge.target});
      }
    }
  }
}

}  // namespace appnet::sema
