// `policy NAME;` and `library NAME;`: the first statement of a file, and which file may have which.

#include <fmt/format.h>

#include "sema/modules.h"

namespace appnet::sema {

using diag::Kind;

void ReadHeader(Module& module, const Inputs& inputs) {
  const source::Span start{module.tree->file, 0, 0};
  const ast::Statement* first = nullptr;
  for (const ast::Statement& statement : module.tree->statements) {
    const auto* header = std::get_if<ast::PolicyHeader>(&statement.what);
    if (header == nullptr) continue;
    if (first != nullptr) {
      inputs.emitter
          .Report(Kind::kDuplicateHeader, statement.span,
                  "a second `policy` or `library` statement in one file")
          .Label(first->span, "the first one");
      continue;
    }
    first = &statement;
    if (&statement != &module.tree->statements.front() && !module.broken) {
      inputs.emitter
          .Report(Kind::kMisplacedStatement, statement.span,
                  fmt::format("`{}` must be the first statement of its file",
                              header->library ? "library" : "policy"))
          .Label(module.tree->statements.front().span, "stands before it");
    }
    module.library = header->library;
    module.name = header->name.text;
    module.name_span = header->name.span;
    if (module.root && header->library) {
      inputs.emitter
          .Report(Kind::kMisplacedStatement, statement.span,
                  fmt::format("`{}` is a library, and is given as a file of a policy", header->name.text))
          .Help("give the policy that imports it");
    }
  }
  if (first == nullptr && !module.root && !module.broken) {
    inputs.emitter
        .Report(Kind::kMissingHeader, start,
                fmt::format("`{}` is imported, and has no `library` statement",
                            inputs.sources.Name(module.tree->file)))
        .Help("begin the file with `library NAME;`");
  }
}

void CheckPolicyHeader(const Modules& modules, const Inputs& inputs) {
  const Module* policy = nullptr;
  bool complete = true;
  bool libraries = false;
  for (std::size_t i = 0; i < modules.root_count; ++i) {
    const Module& module = modules.all[i];
    complete = complete && !module.broken;
    libraries = libraries || module.library;
    if (module.library || module.name.empty()) continue;
    if (policy != nullptr) {
      inputs.emitter
          .Report(Kind::kDuplicateHeader, module.name_span,
                  "several files are one policy, and a second one has a `policy` statement")
          .Label(policy->name_span, "the first one")
          .Help("keep one of the two statements, or build the two policies apart");
      continue;
    }
    policy = &module;
  }
  if (policy != nullptr || !complete || libraries || modules.root_count == 0) return;
  inputs.emitter
      .Report(
          Kind::kMissingHeader, source::Span{modules.all.front().tree->file, 0, 0},
          modules.root_count == 1 ? "the file has no `policy` statement" : "no file has a `policy` statement")
      .Help("begin the file with `policy NAME;`");
}

}  // namespace appnet::sema
