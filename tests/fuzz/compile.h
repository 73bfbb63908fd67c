#pragma once
// Contract: one text through the compiler, against the reference policy, as FuzzPipeline has it.

#include <optional>
#include <string_view>
#include <vector>

#include "base/output_file.h"

namespace appnet::fuzz {

// All files of the artifact. No value when the text has errors, which is the usual case.
std::optional<std::vector<base::OutputFile>> Compile(std::string_view text);

// The artifact that FuzzArtifact changes.
const std::vector<base::OutputFile>& ArtifactToChange();

}  // namespace appnet::fuzz
