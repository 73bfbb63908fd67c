#include "analysis/ways_around.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace appnet::analysis {
namespace {

using sepolicy::TypeId;

struct Access {
  enum class On { kSelf, kSecurity, kAnything } on;
  std::string_view object_class, permission;
};

// docs/meaning.md, "What a label can't do".
struct Power {
  std::string_view how;
  std::vector<Access> needs;
};

const std::vector<Power>& Powers() {
  using On = Access::On;
  static const std::vector<Power> kPowers = {
      {"packet sockets", {{On::kSelf, "packet_socket", "create"}, {On::kSelf, "capability", "net_raw"}}},
      {"raw sockets", {{On::kSelf, "rawip_socket", "create"}, {On::kSelf, "capability", "net_raw"}}},
      {"loading BPF programs", {{On::kSelf, "bpf", "prog_load"}}},
      {"changing the rules",
       {{On::kSelf, "netlink_netfilter_socket", "create"}, {On::kSelf, "capability", "net_admin"}}},
      {"labelling packets", {{On::kAnything, "packet", "relabelto"}}},
      {"loading a policy", {{On::kSecurity, "security", "load_policy"}}},
      {"leaving enforcing mode", {{On::kSecurity, "security", "setenforce"}}},
      {"setting booleans", {{On::kSecurity, "security", "setbool"}}},
  };
  return kPowers;
}

class Search {
 public:
  Search(const sema::Program& program, const sepolicy::Policy& base) : base_(base) {
    for (const sema::Rule& rule : program.rules) {
      if (rule.label || rule.direction == flow::Direction::kForward) continue;
      const std::vector<TypeId>& domains = program.domain_sets[rule.subjects];
      domains_.insert(domains.begin(), domains.end());
    }
    for (sepolicy::BooleanId boolean = 0; boolean < base.boolean_count(); ++boolean)
      defaults_[base.BooleanName(boolean)] = base.BooleanDefault(boolean);
  }

  base::Result<WaysAround> Run() {
    WaysAround all;
    all.domains = domains_.size();
    for (const TypeId domain : domains_) {
      std::vector<WayAround> ways = PowersOf(domain);
      if (ways.empty()) ways = Becoming(domain);
      const bool now = std::ranges::any_of(ways, &WayAround::at_defaults);
      all.some_way += now ? 1 : 0;
      std::ranges::move(ways, std::back_inserter(all.ways));
    }
    if (error_) return *error_;
    return all;
  }

 private:
  // What a way needs, summed up.
  struct Needs {
    flow::ConditionId when = flow::kAlways;
    std::vector<std::string> rules;
  };

  // False when the access is never allowed. Of several rules the one that needs the least is shown.
  bool Need(TypeId source, TypeId target, std::string_view object_class, std::string_view permission,
            Needs& needs) {
    const auto rules = base_.RulesFor(source, target, object_class, permission, conditions_);
    if (!rules) {
      error_ = rules.error();
      return false;
    }
    flow::ConditionId either = flow::kNever;
    const sepolicy::Policy::AllowRule* shown = nullptr;
    for (const sepolicy::Policy::AllowRule& rule : rules.value()) {
      either = conditions_.Or(either, rule.when);
      const bool better = shown == nullptr || Rank(rule.when) < Rank(shown->when);
      if (better) shown = &rule;
    }
    needs.when = conditions_.And(needs.when, either);
    if (shown == nullptr || needs.when == flow::kNever) return false;
    needs.rules.push_back(sepolicy::TextOf(*shown, object_class, permission, conditions_));
    return true;
  }

  int Rank(flow::ConditionId when) const {
    return when == flow::kAlways ? 0 : conditions_.Holds(when, defaults_) ? 1 : 2;
  }

  bool Need(TypeId source, const Access& access, Needs& needs) {
    switch (access.on) {
      case Access::On::kSelf:
        return Need(source, source, access.object_class, access.permission, needs);
      case Access::On::kSecurity: {
        const std::optional<TypeId> security = base_.InitialSidType("security");
        return security && Need(source, *security, access.object_class, access.permission, needs);
      }
      case Access::On::kAnything:
        break;
    }
    const std::vector<TypeId> targets = base_.TargetsOf(source, access.object_class, access.permission);
    return !targets.empty() && Need(source, targets.front(), access.object_class, access.permission, needs);
  }

  WayAround WayOf(TypeId domain, std::string how, Needs needs) const {
    return {domain, std::move(how), std::move(needs.rules), conditions_.Holds(needs.when, defaults_)};
  }

  std::vector<WayAround> PowersOf(TypeId domain) {
    std::vector<WayAround> ways;
    for (const Power& power : Powers()) {
      Needs needs;
      const bool has =
          std::ranges::all_of(power.needs, [&](const Access& access) { return Need(domain, access, needs); });
      if (has) ways.push_back(WayOf(domain, std::string(power.how), std::move(needs)));
    }
    return ways;
  }

  // One way for each domain that this one may become by executing a file.
  std::vector<WayAround> Becoming(TypeId domain) {
    std::vector<WayAround> ways;
    const std::vector<TypeId> executable = base_.TargetsOf(domain, "file", "execute");
    for (const TypeId other : base_.TargetsOf(domain, "process", "transition")) {
      if (other == domain) continue;
      auto known = powers_.find(other);
      if (known == powers_.end()) known = powers_.emplace(other, PowersOf(other)).first;
      if (known->second.empty()) continue;
      std::vector<TypeId> entries;
      std::ranges::set_intersection(executable, base_.TargetsOf(other, "file", "entrypoint"),
                                    std::back_inserter(entries));
      if (entries.empty()) continue;
      Needs needs;
      if (!Need(domain, other, "process", "transition", needs) ||
          !Need(domain, entries.front(), "file", "execute", needs) ||
          !Need(other, entries.front(), "file", "entrypoint", needs))
        continue;
      const WayAround& power = known->second.front();
      WayAround way =
          WayOf(domain, fmt::format("becoming {}: {}", base_.TypeName(other), power.how), std::move(needs));
      way.rules.insert(way.rules.end(), power.rules.begin(), power.rules.end());
      way.at_defaults = way.at_defaults && power.at_defaults;
      ways.push_back(std::move(way));
    }
    return ways;
  }

  const sepolicy::Policy& base_;
  std::set<TypeId> domains_;
  std::map<std::string, bool> defaults_;
  flow::Conditions conditions_;
  std::map<TypeId, std::vector<WayAround>> powers_;
  std::optional<base::Error> error_;
};

}  // namespace

base::Result<WaysAround> FindWaysAround(const sema::Program& program, const sepolicy::Policy& base) {
  return Search(program, base).Run();
}

}  // namespace appnet::analysis
