#pragma once
// Contract: what the fuzzers do with one input, so that the ordinary tests can do the same with the corpus.
// Any text may come in; a broken promise of the compiler ends the process.

#include <string_view>

namespace appnet::fuzz {

// Parsing never fails; what it took without complaint prints and parses again to the same tree, and the same
// text.
void FuzzParse(std::string_view text);

// The whole way, against the reference policy. Sections after a form feed are files that the first may import
// as "a.appnet", "b.appnet", and so on. What comes out without complaint is a module that libsepol takes, the
// same one a second time. Says whether anything came out.
bool FuzzPipeline(std::string_view text);

// An artifact with one file changed, read back as `appnetc verify` does: the first line is the file's name,
// the rest what it holds. Only what was built verifies. Says whether it is that.
bool FuzzArtifact(std::string_view text);

}  // namespace appnet::fuzz
