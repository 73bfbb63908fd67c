#pragma once
// Contract: the statements of the roots to rules and assertions, templates expanded where they are used.
// Misplaced statements were reported before and are passed over here.

#include "sema/modules.h"
#include "sema/program.h"
#include "sema/sets.h"
#include "sema/templates.h"

namespace appnet::sema {

// Rules that templates may bring in all. A policy beyond that is more likely a mistake than a wish.
inline constexpr std::size_t kMaxExpandedRules = 250000;
// Blocks and uses inside each other, counted together.
inline constexpr std::size_t kMaxDepth = 500;

// Bodies of templates by themselves, used or not: what is wrong with them whatever the arguments is reported
// once, and such a template is marked as broken.
void CheckTemplateBodies(const Names& names, Templates& templates, const Sets& sets, const Inputs& inputs,
                         Program& program);
void ExpandRoots(const Modules& modules, const Names& names, Templates& templates, const Sets& sets,
                 const Inputs& inputs, Program& program);
// Fills Program::question.
void ResolveQuestion(const ast::Question& question, const Modules& modules, const Names& names,
                     Templates& templates, const Sets& sets, const Inputs& inputs, Program& program);

}  // namespace appnet::sema
