#pragma once
// Contract: what was meant. Every name is resolved, templates are expanded, sets are sets of values, SELinux
// names are types of the base policy. Tables with dense ids; nothing refers back to the tree. A Program is
// only made when the policy has no errors.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "flow/condition.h"
#include "flow/fields.h"
#include "sepolicy/policy.h"
#include "source/source_map.h"

namespace appnet::sema {

using DomainSetId = std::uint32_t;

struct Annotations {
  std::string owner, ticket, expires;  // empty when absent
  friend bool operator==(const Annotations&, const Annotations&) = default;
};

// Where a statement comes from: the innermost text first, then the `use` statements that brought it,
// outermost last.
struct Origin {
  source::Span span;
  std::vector<source::Span> used_at;
  Annotations annotations;
};

// A connect, accept or forward rule of a domain block, an if, or the top level; or of a label block.
struct Rule {
  flow::Direction direction = flow::Direction::kConnect;
  flow::Region region;       // never empty
  DomainSetId subjects = 0;  // domains; for forward the peer types. Unused for label rules
  flow::ConditionId condition = flow::kAlways;
  bool audited = false;
  std::optional<sepolicy::TypeId> label;  // the packet type, for a rule of a label block
  Origin origin;
  std::string text;  // the rule as one canonical line, for comments and the manifest
};

enum class UnmatchedMode { kBase, kInherit, kAudit, kDeny };

struct DeclaredBoolean {
  std::string name;
  bool value = false;
  source::Span span;
};

// `assert`, resolved; query proves it.
struct Assertion {
  enum class Kind { kCan, kCannot, kOnlyCan } kind = Kind::kCan;
  DomainSetId domains = 0;
  flow::Direction direction = flow::Direction::kConnect;
  flow::Region region;
  std::optional<sepolicy::TypeId> as_type;
  Origin origin;
  std::string text;
};

// A sentence of `appnetc query`, resolved.
struct Question {
  enum class Kind { kWho, kCan, kWhat } kind = Kind::kWho;
  std::optional<DomainSetId> domains;  // kCan, kWhat; for forward labels of peers
  flow::Direction direction = flow::Direction::kConnect;
  flow::Region region;  // kWhat: every flow
  std::optional<sepolicy::TypeId> as_type;
};

// What one of the policy's own files declares or imports, and nothing refers to. What libraries declare is
// there for others.
struct Unused {
  std::string what;  // "host `proxy`", "library `std.services`"
  source::Span span;
};

struct Program {
  std::string name;
  source::Span name_span;
  flow::InterfaceClasses interfaces;
  flow::Conditions conditions;
  std::vector<std::vector<sepolicy::TypeId>> domain_sets;  // each sorted, not empty
  std::vector<Rule> rules;  // domain and forward rules, then label rules, in source order
  std::vector<Assertion> assertions;
  std::optional<Question> question;
  std::vector<DeclaredBoolean> booleans;
  UnmatchedMode unmatched = UnmatchedMode::kDeny;
  std::array<source::Span, 2> unmatched_at;  // of the statements, `unmatched` and `unmatched forward`, if any
  UnmatchedMode unmatched_forward = UnmatchedMode::kBase;  // never kInherit
  bool enforce_always = false;
  std::vector<Unused> unused_declarations;
  std::vector<Unused> unused_imports;
  std::vector<source::FileId> files;    // root files, then imports in the order they were met
  std::vector<std::string> real_paths;  // of `files`, in the same order: absolute, without links
};

}  // namespace appnet::sema
