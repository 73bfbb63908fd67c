#pragma once
// Contract: which statement may stand where. Reports each that stands elsewhere, once; who expands statements
// later passes over them in silence.

#include <map>
#include <optional>
#include <string>

#include "sema/modules.h"
#include "sema/templates.h"

namespace appnet::sema {

// What surrounds a statement.
struct Surroundings {
  bool domain = false;       // inside a domain block
  bool label = false;        // inside a label block
  bool conditional = false;  // inside an `if`
  bool body = false;         // in a template's body, and in no block there: the place of use decides
};

// The statements that a place can refuse.
enum class Sort {
  kLocalRule,  // connect, accept
  kForwardRule,
  kAuditedRule,
  kPeerNamed,  // `forward ... as TYPE`
  kIf,
  kDomainBlock,
  kLabelBlock,
  kAssertion,
  kTopOnly,  // headers, imports, declarations, modes
};

// Why a statement may not stand there; none when it may.
std::optional<std::string> Refusal(Sort sort, const Surroundings& around);

void CheckPlacement(const Modules& modules, const Names& names, const Templates& templates,
                    const Inputs& inputs);

}  // namespace appnet::sema
