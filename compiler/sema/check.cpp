#include "sema/check.h"

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
  DropUnusedPatterns(program);
  return program;
}

}  // namespace appnet::sema
