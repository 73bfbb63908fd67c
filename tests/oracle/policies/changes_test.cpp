// What changes from one random policy to another, against the language's word on the flows of both: what is
// reported is so, and no sampled difference goes unreported.
#include "query/changes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "flow/read_condition.h"
#include "oracle/conversations.h"
#include "oracle/meaning.h"
#include "policies/compile.h"

namespace appnet::oracle {
namespace {

constexpr std::size_t kSamples = 400;
constexpr std::size_t kMostBooleans = 8;

const char* const* PermissionsFor(flow::Direction direction) {
  static constexpr const char* kLocal[] = {"send", "recv"};
  static constexpr const char* kForward[] = {"forward_in", "forward_out"};
  return direction == flow::Direction::kForward ? kForward : kLocal;
}

// What one subject may under each setting: a character for each, its bits the two permissions and the log.
using Profile = std::string;
bool MayNever(const Profile& profile) {
  return std::ranges::none_of(profile, [](char bits) { return (bits & 3) != 0; });
}

// A name that lies in the class, and in no narrower one of the same policy.
std::string NameIn(const flow::InterfaceClass& one) {
  return one.kind == flow::InterfaceClass::Kind::kExact ? one.text : one.text + "~";
}

class Pair {
 public:
  Pair(const Compiled& before, const Compiled& after)
      : compiled_{&before, &after},
        reference_{ReferenceEvaluator(before.program, ReferencePolicy()),
                   ReferenceEvaluator(after.program, ReferencePolicy())} {
    const sepolicy::Policy& base = ReferencePolicy();
    std::set<std::string> booleans;
    std::set<sepolicy::TypeId> subjects(base.Domains().begin(), base.Domains().end());
    subjects.insert({*base.KernelType(), *base.UnlabeledType()});
    for (const Compiled* one : compiled_) {
      for (const sema::Rule& rule : one->program.rules) {
        for (const std::string& name : one->program.conditions.VariablesOf(rule.condition))
          booleans.insert(name);
      }
    }
    // Those that the reference policy's packet rules depend on.
    booleans.insert({"httpd_can_network_connect", "httpd_enable_cgi", "mysql_connect_any",
                     "named_tcp_bind_http_port", "squid_connect_any", "sshd_port_forwarding"});
    subjects_.assign(subjects.begin(), subjects.end());
    EXPECT_LE(booleans.size(), kMostBooleans);
    for (std::size_t bits = 0; bits < std::size_t{1} << booleans.size(); ++bits) {
      Setting& setting = settings_.emplace_back();
      for (sepolicy::BooleanId id = 0; id < base.boolean_count(); ++id)
        setting[base.BooleanName(id)] = base.BooleanDefault(id);
      std::size_t i = 0;
      for (const std::string& name : booleans) setting[name] = (bits >> i++ & 1) != 0;
    }
  }

  // Empty, or what is wrong with the changes in this flow. `flow` is one of side `of`.
  std::string Check(const query::Changes& changes, std::size_t of, const flow::Flow& flow) {
    const flow::InterfaceClasses& classes = compiled_[of]->program.interfaces;
    return CheckNamed(changes, flow, NameIn(classes[flow.interface]), NameIn(classes[flow.out]));
  }

  // The corners of what is reported.
  std::string CheckReported(const query::Changes& changes, Random& random) {
    for (const query::Change& change : changes.flows) {
      if (change.regions.empty()) return "a change in no flow";
      for (const flow::Region& region : change.regions) {
        flow::Flow flow;
        flow.direction = change.direction;
        flow.family = region.services.v4.empty() ? Family::kIpv6 : Family::kIpv4;
        const auto corner = [&](const base::IntervalSet& set) {
          const base::Interval& interval = random.Pick(set.intervals());
          return random.Percent(50) ? interval.low : interval.high;
        };
        flow.peer = corner(region.peer.of(flow.family));
        flow.self = corner(region.self.of(flow.family));
        flow.service = corner(region.services.of(flow.family));
        const auto in = static_cast<flow::InterfaceClassId>(corner(region.interfaces));
        const bool forward = change.direction == flow::Direction::kForward;
        const auto out = forward ? static_cast<flow::InterfaceClassId>(corner(region.out)) : 0;
        std::string wrong =
            CheckNamed(changes, flow, NameIn(changes.interfaces[in]), NameIn(changes.interfaces[out]));
        if (!wrong.empty()) return wrong;
      }
    }
    return "";
  }

  std::size_t differences() const { return differences_; }

 private:
  std::string CheckNamed(const query::Changes& changes, flow::Flow flow, const std::string& in,
                         const std::string& out) {
    const bool forward = flow.direction == flow::Direction::kForward;
    Outcome outcomes[2];
    for (std::size_t side = 0; side < 2; ++side) {
      flow.interface = reference_[side].ClassOf(in);
      flow.out = forward ? reference_[side].ClassOf(out) : 0;
      outcomes[side] = reference_[side].Of(flow);
    }
    flow.interface = changes.interfaces.ClassOf(in);
    flow.out = forward ? changes.interfaces.ClassOf(out) : 0;
    std::map<std::string, std::vector<const query::Change*>> reported;
    for (const query::Change& change : changes.flows) {
      if (change.kind == query::ChangeKind::kLabel || change.direction != flow.direction) continue;
      const auto holds = [&](const flow::Region& region) { return flow::Contains(region, flow); };
      if (std::ranges::none_of(change.regions, holds)) continue;
      for (const std::string& domain : change.domains) reported[domain].push_back(&change);
    }
    for (const sepolicy::TypeId subject : subjects_) {
      const Profile& before = ProfileOf(0, outcomes[0], flow.direction, subject);
      const Profile& after = ProfileOf(1, outcomes[1], flow.direction, subject);
      const std::string& name = ReferencePolicy().TypeName(subject);
      std::string wrong = Compare(reported[name], before, after);
      if (wrong.empty()) continue;
      return fmt::format("{}\n{}, {} in, {} out: {}\nbefore: {}\nafter: {}", name, Describe(flow), in, out,
                         wrong, Describe(outcomes[0], reference_[0]), Describe(outcomes[1], reference_[1]));
    }
    return "";
  }

  std::string Compare(const std::vector<const query::Change*>& reported, const Profile& before,
                      const Profile& after) {
    if (before == after) return reported.empty() ? "" : "a change that is none";
    ++differences_;
    if (reported.size() != 1) return fmt::format("{} changes are reported", reported.size());
    const query::Change& change = *reported.front();
    if (ProfileOf(change.holding[0]) != before) return "another word on what was";
    if (ProfileOf(change.holding[1]) != after) return "another word on what is";
    using Kind = query::ChangeKind;
    if ((change.kind == Kind::kGains) != MayNever(before)) return "no gain, or an untold one";
    if ((change.kind == Kind::kLoses) != (MayNever(after) && !MayNever(before)))
      return "no loss, or an untold one";
    return "";
  }

  const Profile& ProfileOf(std::size_t side, const Outcome& outcome, flow::Direction direction,
                           sepolicy::TypeId subject) {
    const bool forward = direction == flow::Direction::kForward;
    std::string key =
        fmt::format("{} {} {} {} {}", side, forward, subject, static_cast<int>(outcome.kind), outcome.type);
    for (const std::size_t rule : outcome.rules) key += fmt::format(" {}", rule);
    const auto [known, fresh] = profiles_.try_emplace(key);
    if (!fresh) return known->second;
    for (const Setting& setting : settings_) {
      unsigned bits = 0;
      for (unsigned i = 0; i < 2; ++i) {
        const Right right = RightOf(side, outcome, PermissionsFor(direction)[i], subject, setting);
        if (right.allowed) bits |= 1U << i | (right.audited ? 4U : 0U);
      }
      // The kernel's right to send is in no answer.
      if (!forward && subject == ReferencePolicy().KernelType()) bits = (bits & 4U) | (bits & 2U ? 3U : 0U);
      known->second += static_cast<char>(bits);
    }
    return known->second;
  }

  Right RightOf(std::size_t side, const Outcome& outcome, const char* permission, sepolicy::TypeId subject,
                const Setting& setting) {
    const sepolicy::Policy& base = ReferencePolicy();
    const sema::Program& program = reference_[side].program();
    Right right;
    const auto of_type = [&](sepolicy::TypeId type) {
      const auto when = base.AllowedWhen(subject, type, "packet", permission, conditions_);
      right.allowed = conditions_.Holds(when.value(), setting);
    };
    const auto unmatched = [&](sema::UnmatchedMode mode, bool peers) {
      if (mode == sema::UnmatchedMode::kAudit) {
        const bool any = base.IsDomain(subject) || (peers && subject == base.UnlabeledType());
        right = {any, any};
      } else if (mode != sema::UnmatchedMode::kDeny) {
        of_type(*base.UnlabeledType());
      }
    };
    switch (outcome.kind) {
      case Outcome::Kind::kGoverned:
        right = reference_[side].RightOf(outcome, subject, setting);
        break;
      case Outcome::Kind::kBaseType:
      case Outcome::Kind::kInheritedType:
        of_type(outcome.type);
        break;
      case Outcome::Kind::kUnmatched:
        unmatched(program.unmatched, false);
        break;
      case Outcome::Kind::kUnmatchedForward:
        unmatched(program.unmatched_forward, true);
        break;
      case Outcome::Kind::kTransit:
        ADD_FAILURE() << "no outcome of a flow";
    }
    if (base.IsPermissive(subject)) right.allowed = true;
    return right;
  }

  Profile ProfileOf(const query::Holding& holding) {
    Profile profile;
    for (const Setting& setting : settings_) {
      unsigned bits = 0;
      for (unsigned i = 0; i < 2; ++i) bits |= Holds(holding.may[i], setting) ? 1U << i : 0U;
      bits |= Holds(holding.logged, setting) ? 4U : 0U;
      profile += static_cast<char>(bits);
    }
    return profile;
  }

  bool Holds(const std::string& condition, const Setting& setting) {
    const auto id = flow::ReadCondition(condition, conditions_);
    return id && conditions_.Holds(*id, setting);
  }

  const Compiled* compiled_[2];
  ReferenceEvaluator reference_[2];
  std::vector<Setting> settings_;
  std::vector<sepolicy::TypeId> subjects_;
  flow::Conditions conditions_;
  std::map<std::string, Profile> profiles_;
  std::size_t differences_ = 0;
};

void CheckPairs(const PolicyShape& shape, unsigned count, std::uint64_t salt) {
  std::size_t differences = 0;
  for (unsigned i = 0; i < count; ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + salt + i;
    Random random(seed);
    std::string complaint;
    const auto before = CompileNext(random, shape, complaint);
    const auto after = CompileNext(random, shape, complaint);
    ASSERT_TRUE(before && after) << "seed " << seed << "\n" << complaint;
    const auto changes = query::FindChanges({"before", before->policy, &before->program, &before->sources},
                                            {"after", after->policy}, ReferencePolicy());
    ASSERT_TRUE(changes.ok()) << changes.error().message;
    for (const query::Change& change : changes.value().flows) ASSERT_TRUE(change.all_regions);
    Pair pair(*before, *after);
    std::string wrong = pair.CheckReported(changes.value(), random);
    FlowSampler samplers[] = {FlowSampler(ReferenceEvaluator(before->program, ReferencePolicy()), random),
                              FlowSampler(ReferenceEvaluator(after->program, ReferencePolicy()), random)};
    for (std::size_t j = 0; j < kSamples && wrong.empty(); ++j) {
      const std::size_t side = j % 2;
      const flow::Direction direction = flow::kDirections[random.Below(3)];
      wrong = pair.Check(changes.value(), side, samplers[side].Sample(direction));
    }
    ASSERT_TRUE(wrong.empty()) << "seed " << seed << "\n"
                               << wrong << "\n--- before\n"
                               << before->text << "--- after\n"
                               << after->text;
    differences += pair.differences();
    // Nothing changes from a policy to itself.
    const auto none = query::FindChanges(
        {"a", after->policy}, {"b", after->policy, &after->program, &after->sources}, ReferencePolicy());
    ASSERT_TRUE(none.ok() && none.value().empty()) << query::ChangesText(none.value());
  }
  EXPECT_GT(differences, 0U);
}

// A pair costs as much as several policies of other tests.
TEST(Changes, OfTinyPolicies) { CheckPairs({2, true, 0}, PoliciesFromEnvironment(150) / 5, 900'000); }

TEST(Changes, OfLargerPolicies) { CheckPairs({20, true, 10}, PoliciesFromEnvironment(120) / 10, 910'000); }

}  // namespace
}  // namespace appnet::oracle
