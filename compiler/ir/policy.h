#pragma once
// Contract: the waist of the compiler: all that backends and the manifest see. A function from flows to
// labels for each direction, and what each label lets whom do. Deterministic: the same program gives the same
// tables in the same order.
//
// How the label of a flow is found:
//   1. `roots[direction]` at the flow. A leaf other than kMiss is the label.
//   2. kMiss and a local direction: `inherited[direction]` at the service (only in mode `inherit`).
//   3. kMiss again: `unmatched`, or `unmatched_forward` for forward.

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "flow/condition.h"
#include "flow/fields.h"
#include "ir/diagram.h"

namespace appnet::ir {

using LabelId = std::uint32_t;
inline constexpr Leaf kMiss = 0;  // otherwise a leaf is a LabelId + 1
constexpr Leaf LeafFor(LabelId label) { return label + 1; }
constexpr LabelId LabelFor(Leaf leaf) { return leaf - 1; }

struct RuleOrigin {
  std::string file;
  unsigned line = 0;
  std::string text;                  // the rule in one line
  std::vector<std::string> used_at;  // "file:line" of the uses that brought it
  std::string owner, ticket, expires;
  friend bool operator==(const RuleOrigin&, const RuleOrigin&) = default;
};

struct Grant {
  std::string domain;                         // a type of the base policy
  flow::ConditionId allowed = flow::kAlways;  // when it may; never kNever
  flow::ConditionId audited = flow::kNever;   // when each packet is logged as well
  friend bool operator==(const Grant&, const Grant&) = default;
};

enum class LabelKind {
  kClass,           // a flow class of connect and accept: grants are send and recv
  kForwardClass,    // a flow class of forward: grants are forward_in and forward_out
  kBase,            // a type of the base policy, from `label` or `inherit`, or its unlabeled type
  kUnmatchedAudit,  // every domain may, logged
  kUnmatchedDeny,   // nobody may
  kForwardAudit,    // every type that may forward_in/out something, logged
  kForwardDeny,
  kTransit,  // new forwarded packets before their class is known: forward_in alone
};

struct Label {
  LabelKind kind = LabelKind::kClass;
  std::string type;                  // the SELinux type
  std::string context;               // the whole context
  bool own = true;                   // declared by our module
  std::vector<Grant> grants;         // sorted by domain
  std::vector<std::uint32_t> rules;  // indexes into Policy::rules: those behind this label, ascending
  bool all_rules = true;             // false: too many to find them all, `rules` holds the first found
};

struct Policy {
  std::string name;
  flow::InterfaceClasses interfaces;
  flow::Conditions conditions;
  std::vector<RuleOrigin> rules;
  std::vector<Label> labels;  // classes by type name first, then the others
  Diagram diagram;
  std::array<NodeId, 3> roots{};      // by Direction
  std::array<NodeId, 3> inherited{};  // by Direction; tests kService alone; forward is always kMiss
  LabelId unmatched = 0;
  LabelId unmatched_forward = 0;
  LabelId transit = 0;  // equal to unmatched_forward where no exact forward class exists

  struct DeclaredBoolean {
    std::string name;
    bool value;
  };
  std::vector<DeclaredBoolean> booleans;       // declared by our module
  std::vector<std::string> required_booleans;  // of the base policy
  bool enforce_always = false;

  // What the module needs to know of the base policy.
  std::string attribute;         // our own, on all our types
  std::string kernel_attribute;  // our own, on kernel_type: the source of our rules on base types
  std::string loader_attribute;  // likewise, on the loaders
  std::string kernel_type;
  std::string unlabeled_type;
  std::vector<std::string> loaders;        // domains that load rules
  std::string domain_attribute;            // holds all domains; empty when the base policy has none
  std::vector<std::string> all_domains;    // used where domain_attribute is empty
  std::vector<std::string> transit_types;  // those that get forward_in on the transit label
  // Base types our rules put on packets, with a loader that the base policy doesn't let do so: {loader,
  // type}.
  std::vector<std::pair<std::string, std::string>> missing_relabelto;
  bool kernel_sends_unlabeled = true;  // the base policy lets the kernel send unlabelled packets
};

// The label of a flow by the three steps above.
LabelId LabelOf(const Policy& policy, const flow::Flow& flow);

// The booleans that grants depend on and that the policy does not declare, sorted.
std::vector<std::string> RequiredBooleans(const Policy& policy);

}  // namespace appnet::ir
