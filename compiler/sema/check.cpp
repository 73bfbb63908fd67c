#include "sema/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "sema/annotations.h"
#include "sema/expand.h"
#include "sema/interfaces.h"
#include "sema/placement.h"
#include "sema/policy_wide.h"

namespace appnet::sema {
namespace {

void ListBooleans(const Names& names, Program& program) {
  for (const Declaration& declaration : names.all()) {
    if (declaration.kind != NameKind::kBoolean) continue;
    program.booleans.push_back(
        {std::string(declaration.name->text), declaration.value, declaration.name->span});
  }
}

bool DeclaresBoolean(const Names& names, ModuleId module) {
  return std::ranges::any_of(names.all(), [module](const Declaration& declaration) {
    return declaration.module == module && declaration.kind == NameKind::kBoolean;
  });
}

void ListUnused(const Modules& modules, const Names& names, const source::SourceMap& sources,
                Program& program) {
  for (DeclarationId id = 0; id < names.all().size(); ++id) {
    const Declaration& declaration = names[id];
    if (!modules.all[declaration.module].root || names.IsUsed(id)) continue;
    program.unused_declarations.push_back(
        {fmt::format("{} `{}`", WordFor(declaration.kind), declaration.name->text), declaration.name->span});
  }
  for (ModuleId id = 0; id < modules.all.size(); ++id) {
    if (!modules.all[id].root) continue;
    for (const ImportEdge& edge : modules.all[id].imports) {
      // A boolean is there for the whole system once its library is imported.
      if (names.IsUsedBy(id, edge.target) || DeclaresBoolean(names, edge.target)) continue;
      program.unused_imports.push_back({fmt::format("library `{}`", sources.Text(edge.span)), edge.span});
    }
  }
}

// Whether some domain or peer is granted forwarding.
bool Forwards(const Program& program) {
  if (program.unmatched_forward == UnmatchedMode::kAudit) return true;
  return std::any_of(program.rules.begin(), program.rules.end(), [](const Rule& rule) {
    return rule.direction == flow::Direction::kForward && !rule.label;
  });
}

}  // namespace

std::optional<Program> Check(const std::vector<ast::File>& roots, source::SourceMap& sources,
                             const base::FileSystem& files, const sepolicy::Policy& policy,
                             const Options& options, diag::Emitter& emitter) {
  const Inputs inputs{policy, sources, files, options, emitter};

  const Modules modules = LoadModules(roots, inputs);
  CheckPolicyHeader(modules, inputs);
  CheckImportCycles(modules, inputs);

  const Names names(modules, inputs);
  Templates templates(names, inputs);
  CheckPlacement(modules, names, templates, inputs);
  CheckAnnotations(modules, inputs);

  Program program;
  for (const Module& module : modules.all) {
    program.files.push_back(module.tree->file);
    program.real_paths.push_back(module.real_path);
  }
  ReadPolicyWide(modules, inputs, program);
  ListBooleans(names, program);

  program.interfaces = flow::InterfaceClasses(CollectPatterns(modules, options.question));
  const Sets sets(names, program.interfaces, inputs);
  CheckTemplateBodies(names, templates, sets, inputs, program);
  ExpandRoots(modules, names, templates, sets, inputs, program);
  if (options.question != nullptr)
    ResolveQuestion(*options.question, modules, names, templates, sets, inputs, program);
  CheckBasePolicy(Forwards(program), inputs);

  if (emitter.HasErrors()) return std::nullopt;
  ListUnused(modules, names, sources, program);
  DropUnusedPatterns(program);
  return program;
}

}  // namespace appnet::sema
