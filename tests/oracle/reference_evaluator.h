#pragma once
// Contract: what the language says of one flow, rule by rule, with no diagrams and no classes. Slow and
// obvious. Knows sema::Program and the base policy, nothing of what is generated from them.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sema/program.h"
#include "sepolicy/policy.h"

namespace appnet::oracle {

using Setting = std::map<std::string, bool>;  // of all booleans that the policy names

struct Outcome {
  enum class Kind {
    kGoverned,       // by `rules`
    kBaseType,       // of a label block
    kInheritedType,  // by the base policy's port convention
    kUnmatched,      // of connect and accept
    kUnmatchedForward,
    kTransit,  // a forwarded packet before its flow is known
  } kind = Kind::kUnmatched;
  bool forward = false;
  std::vector<std::size_t> rules;  // indexes into Program::rules
  sepolicy::TypeId type = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

struct Right {
  bool allowed = false;
  bool audited = false;
  friend bool operator==(const Right&, const Right&) = default;
};

class ReferenceEvaluator {
 public:
  ReferenceEvaluator(const sema::Program& program, const sepolicy::Policy& base)
      : program_(program), base_(base) {}

  // Indexes into Program::rules, label rules included, ascending.
  std::vector<std::size_t> MatchingRules(const flow::Flow& flow) const;
  // The file's own word on the flow: governed or labelled. No value where no rule matches.
  std::optional<Outcome> Own(const flow::Flow& flow) const;
  // The inherited type, in mode inherit.
  std::optional<Outcome> Inherited(flow::Direction direction, flow::Value service) const;
  Outcome Unmatched(flow::Direction direction) const;
  // Own, then inherited, then unmatched.
  Outcome Of(const flow::Flow& flow) const;

  // Of a governed outcome: what its rules give a domain (a peer type, for forward) under a setting.
  Right RightOf(const Outcome& outcome, sepolicy::TypeId domain, const Setting& setting) const;

  flow::InterfaceClassId ClassOf(const std::string& interface) const;
  const sema::Program& program() const { return program_; }
  const sepolicy::Policy& base() const { return base_; }

 private:
  bool Matches(const sema::Rule& rule, const flow::Flow& flow) const;

  const sema::Program& program_;
  const sepolicy::Policy& base_;
};

std::string Describe(const Outcome& outcome, const ReferenceEvaluator& reference);
std::string Describe(const flow::Flow& flow);

}  // namespace appnet::oracle
