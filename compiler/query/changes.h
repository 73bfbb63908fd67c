#pragma once
// Contract: what changes from one policy to another, over the whole space of flows: who may in which flows
// more, less, or under another condition, or with another log; which flows carry another type of the base
// policy by a `label` rule; and which settings differ. Packet types of our own are compared by what they
// grant, so a type with another name is no change. Both policies are seen linked with the same base policy,
// as `Reach` sees them. What follows from forward rules for packets whose class is not known yet is left out,
// and so is the kernel's right to send.

#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "flow/fields.h"
#include "ir/policy.h"
#include "sema/program.h"
#include "sepolicy/policy.h"
#include "source/source_map.h"

namespace appnet::query {

// One of the two policies.
struct ComparedPolicy {
  std::string name;  // as the user called it
  const ir::Policy& policy;
  // Where the policy comes from its sources; null where it was read back from an artifact, which does not
  // tell the rules of one packet type apart.
  const sema::Program* program = nullptr;
  const source::SourceMap* sources = nullptr;
};

enum class ChangeKind { kGains, kLoses, kCondition, kLogging, kLabel };
std::string_view NameOf(ChangeKind kind);  // "gains"

// When a domain may, and when that is logged, as the text of conditions: "always", "never", "a and not b".
struct Holding {
  std::array<std::string, 2> may;  // by PermissionsOf
  std::string logged;
  friend bool operator<(const Holding& a, const Holding& b) {
    return std::tie(a.may, a.logged) < std::tie(b.may, b.logged);
  }
};

struct RulePlace {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;  // 0: not known, and the file is one of an artifact's sources
  std::string text;
  friend bool operator==(const RulePlace&, const RulePlace&) = default;
  friend bool operator<(const RulePlace& a, const RulePlace& b) {
    return std::tie(a.file, a.line, a.column, a.text) < std::tie(b.file, b.line, b.column, b.text);
  }
};

// Why it is so on one side.
struct Reason {
  enum class How {
    kGranted,    // `rules` give it to some of the domains
    kGoverned,   // `rules` govern the flows, and give the domains nothing
    kLabelled,   // `rules` give the flows a type of the base policy
    kUnmatched,  // no rule matches
  } how = How::kUnmatched;
  std::vector<RulePlace> rules;     // sorted
  std::vector<std::string> labels;  // packet types of the flows, sorted
};

struct Change {
  ChangeKind kind = ChangeKind::kGains;
  flow::Direction direction = flow::Direction::kConnect;
  std::vector<std::string> domains;    // sorted; for forward labels of peers; of kLabel none
  std::array<Holding, 2> holding;      // before, after; of kLabel without meaning
  std::array<Reason, 2> reason;        // likewise
  std::vector<flow::Region> regions;   // disjoint, by Changes::interfaces
  bool all_regions = true;             // false: there are more
  std::vector<std::string> flows;      // `regions` in words
  std::array<std::string, 2> carried;  // of kLabel: the types
};

// `unmatched`, `unmatched forward`, `enforce always`, `boolean NAME`.
struct SettingChange {
  std::string setting;
  std::array<std::string, 2> value;
};

struct Changes {
  flow::InterfaceClasses interfaces;
  std::vector<Change> flows;  // in an order that depends on the policies' meaning and rules alone
  std::vector<SettingChange> settings;

  bool empty() const { return flows.empty() && settings.empty(); }
};

// Errors: the base policy can't be asked (see Reach), or the flows can't be compared in bounded memory.
base::Result<Changes> FindChanges(const ComparedPolicy& before, const ComparedPolicy& after,
                                  const sepolicy::Policy& base);

// The change in one line, without its flows: "gains mozilla_t: if direct".
std::string HeadOf(const Change& change);
std::string ChangesText(const Changes& changes);
std::string ChangesJson(const Changes& changes);
// As results of one run; `version` is the program's.
std::string ChangesSarif(const Changes& changes, std::string_view version);

}  // namespace appnet::query
