#pragma once
// Contract: collects accesses that a rule's domains need before any packet and that the base policy denies,
// and reports each missing access once, at the first rule that needs it, with the CIL line that would help.

#include <set>
#include <string>
#include <vector>

#include "diag/emitter.h"
#include "sema/program.h"

namespace appnet::analysis {

struct MissingAccess {
  sepolicy::TypeId source;
  std::string target;  // a type, or "self"
  std::string object_class;
  std::string permissions;  // space-separated
  std::string Cil(const sepolicy::Policy& base) const;
};

class MissingAccesses {
 public:
  MissingAccesses(diag::Kind kind, std::string what, const sepolicy::Policy& base, diag::Emitter& emitter)
      : kind_(kind), what_(std::move(what)), base_(base), emitter_(emitter) {}

  // `what` of the constructor completes: "the base policy does not let `sshd_t` <what>".
  void Report(const sema::Rule& rule, const std::vector<MissingAccess>& missing);

 private:
  diag::Kind kind_;
  std::string what_;
  const sepolicy::Policy& base_;
  diag::Emitter& emitter_;
  std::set<std::string> reported_;
};

}  // namespace appnet::analysis
