#pragma once
// Contract: @owner, @ticket and @expires. Checked once for every statement that was written; rules inherit
// from the blocks around them and from the `use` that brought them.

#include <string_view>
#include <vector>

#include "sema/modules.h"
#include "sema/program.h"

namespace appnet::sema {

void CheckAnnotations(const Modules& modules, const Inputs& inputs);
// `outer` with what is written at a statement in its place.
Annotations Inherit(Annotations outer, const std::vector<ast::Annotation>& written);
// YYYY-MM-DD, a day of the calendar.
bool IsDate(std::string_view text);

}  // namespace appnet::sema
