#include "sema/expand.h"

#include "sema/expansion.h"

namespace appnet::sema {

void CheckTemplateBodies(const Names& names, Templates& templates, const Sets& sets, const Inputs& inputs,
                         Program& program) {
  for (const DeclarationId id : templates.ordered()) {
    const std::size_t errors = inputs.emitter.error_count();
    Bindings unknown{names[id].body, {}, {}};
    unknown.values.resize(names[id].body->parameters.size());
    Frame frame;
    frame.place = {names[id].module, &unknown};
    Expansion dry(names, templates, sets, inputs, true, program);
    dry.Expand(names[id].body->body, frame);
    if (inputs.emitter.error_count() != errors) templates.MarkBroken(id);
  }
}

void ExpandRoots(const Modules& modules, const Names& names, Templates& templates, const Sets& sets,
                 const Inputs& inputs, Program& program) {
  Expansion expansion(names, templates, sets, inputs, false, program);
  for (ModuleId id = 0; id < modules.root_count; ++id) {
    Frame frame;
    frame.place = {id, nullptr};
    expansion.Expand(modules.all[id].tree->statements, frame);
  }
  expansion.Finish();
}

void ResolveQuestion(const ast::Question& question, const Modules& modules, const Names& names,
                     Templates& templates, const Sets& sets, const Inputs& inputs, Program& program) {
  Frame frame;
  for (ModuleId id = 0; id < modules.root_count; ++id) {
    if (!modules.all[id].name.empty()) frame.place = {id, nullptr};
  }
  Expansion(names, templates, sets, inputs, false, program).Resolve(question, frame);
}

}  // namespace appnet::sema
