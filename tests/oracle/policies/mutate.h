#pragma once
// Contract: generated texts broken in one small way, and whether the models notice. A mutant may mean the
// same as the text it was made from.

#include <string>
#include <vector>

#include "oracle/compare.h"
#include "policies/compile.h"

namespace appnet::oracle {

// kPlain: leaves out a line, swaps a label for another, or moves a number by one; most of these change what
// is meant. kAny: these, and swaps neighbours, puts in an extra rule, or takes another target or an opposite
// word.
enum class Mutation { kPlain, kAny };
std::string Mutate(const std::string& text, const std::vector<std::string>& types, Mutation mutation,
                   Random& random);

std::vector<std::string> TypesOf(const ir::Policy& policy);

// Whether some packet of `conversations` random ones of each scene carries another label than the reference
// asks for, or the models refuse the texts.
bool Noticed(Backend backend, const Compiled& compiled, const Outputs& outputs, Random& random,
             int conversations);

}  // namespace appnet::oracle
