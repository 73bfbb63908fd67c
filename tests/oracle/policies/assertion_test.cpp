// Whether assertions hold: the engine, which never looks at a single flow, against single flows under single
// settings of the booleans.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "oracle/conversations.h"
#include "policies/compile.h"
#include "query/faults.h"
#include "query/flow_text.h"

namespace appnet::oracle {
namespace {

using sepolicy::TypeId;

// May a type do what the permission says with the flow's packets?
class Judge {
 public:
  explicit Judge(const sema::Program& program) : reference_(program, ReferencePolicy()) {}

  bool May(const flow::Flow& flow, TypeId type, std::size_t permission, const Setting& setting) {
    const sepolicy::Policy& base = ReferencePolicy();
    const bool forward = flow.direction == flow::Direction::kForward;
    if (!forward && permission == 0 && type == base.KernelType()) return true;
    const Outcome outcome = reference_.Of(flow);
    const sema::Program& program = reference_.program();
    const sema::UnmatchedMode mode = forward ? program.unmatched_forward : program.unmatched;
    switch (outcome.kind) {
      case Outcome::Kind::kGoverned:
        return reference_.RightOf(outcome, type, setting).allowed;
      case Outcome::Kind::kBaseType:
      case Outcome::Kind::kInheritedType:
        return OfBase(outcome.type, type, forward, permission, setting);
      default:
        if (mode == sema::UnmatchedMode::kAudit)
          return base.IsDomain(type) || (forward && type == base.UnlabeledType());
        if (mode == sema::UnmatchedMode::kDeny) return false;
        return OfBase(*base.UnlabeledType(), type, forward, permission, setting);
    }
  }
  const ReferenceEvaluator& reference() const { return reference_; }

 private:
  bool OfBase(TypeId target, TypeId type, bool forward, std::size_t permission, const Setting& setting) {
    constexpr const char* kPermissions[] = {"send", "recv", "forward_in", "forward_out"};
    const std::size_t index = permission + (forward ? 2 : 0);
    const auto [known, fresh] = known_.try_emplace({target, type, index});
    if (fresh) {
      known->second =
          ReferencePolicy().AllowedWhen(type, target, "packet", kPermissions[index], conditions_).value();
    }
    return conditions_.Holds(known->second, setting);
  }

  ReferenceEvaluator reference_;
  flow::Conditions conditions_;
  std::map<std::tuple<TypeId, TypeId, std::size_t>, flow::ConditionId> known_;
};

// Whether the flow under the setting is against the assertion because of this type.
bool Contradicts(const sema::Assertion& assertion, const sema::Program& program, Judge& judge,
                 const flow::Flow& flow, TypeId type, const Setting& setting, const Setting& defaults) {
  const sepolicy::Policy& base = ReferencePolicy();
  const bool forward = assertion.direction == flow::Direction::kForward;
  const std::vector<TypeId>& domains = program.domain_sets[assertion.domains];
  bool named = std::ranges::find(domains, type) != domains.end() || assertion.as_type == type;
  switch (assertion.kind) {
    case sema::Assertion::Kind::kCan:
      return named && setting == defaults &&
             !(judge.May(flow, type, 0, setting) && judge.May(flow, type, 1, setting));
    case sema::Assertion::Kind::kCannot:
      if (forward && !assertion.as_type && type == base.UnlabeledType()) named = true;
      break;
    case sema::Assertion::Kind::kOnlyCan:
      named = !named;
      break;
  }
  if (!named) return false;
  const bool kernel = !forward && type == base.KernelType();  // which may send
  return (!kernel && judge.May(flow, type, 0, setting)) || judge.May(flow, type, 1, setting);
}

std::vector<Setting> SettingsAround(const Setting& defaults, const sema::Program& program, Random& random) {
  std::set<std::string> own{"httpd_enable_cgi"};
  for (const sema::DeclaredBoolean& boolean : program.booleans) own.insert(boolean.name);
  std::vector<Setting> settings{defaults};
  for (unsigned bits = 0; bits < 1U << own.size(); ++bits) {
    for (const bool others_too : {false, true}) {
      Setting setting = defaults;
      unsigned i = 0;
      for (const std::string& name : own) setting[name] = (bits >> i++ & 1U) != 0;
      for (auto& [name, value] : setting) {
        if (others_too && !own.contains(name)) value = random.Percent(50);
      }
      settings.push_back(std::move(setting));
    }
  }
  return settings;
}

// A flow that the sampler likes, moved into the region where it is outside.
flow::Flow Inside(const flow::Region& region, flow::Flow flow, Random& random) {
  if (region.services.of(flow.family).empty())
    flow.family = flow.family == base::Family::kIpv4 ? base::Family::kIpv6 : base::Family::kIpv4;
  const auto move = [&](auto& field, const base::IntervalSet& set) {
    if (set.Contains(base::Value{field})) return;
    const base::Interval& interval = random.Pick(set.intervals());
    field = static_cast<std::remove_reference_t<decltype(field)>>(random.Percent(50) ? interval.low
                                                                                     : interval.high);
  };
  move(flow.interface, region.interfaces);
  if (flow.direction == flow::Direction::kForward) move(flow.out, region.out);
  move(flow.peer, region.peer.of(flow.family));
  move(flow.self, region.self.of(flow.family));
  move(flow.service, region.services.of(flow.family));
  return flow;
}

TEST(Assertions, HoldExactlyWhereNoFlowIsAgainstThem) {
  constexpr int kFlows = 60;
  std::size_t holding = 0;
  std::size_t failing = 0;
  std::vector<TypeId> types = ReferencePolicy().Domains();
  types.push_back(*ReferencePolicy().UnlabeledType());
  const unsigned policies = PoliciesFromEnvironment(60);
  for (unsigned i = 0; i < policies; ++i) {
    const std::uint64_t seed = SeedFromEnvironment() * 1'000'003 + 900'000 + i;
    Random random(seed);
    std::string complaint;
    PolicyShape shape{8, true, static_cast<unsigned>(random.Below(4))};
    shape.assertions = 8;
    const auto compiled = CompileNext(random, shape, complaint);
    ASSERT_NE(compiled, nullptr) << "seed " << seed << "\n" << complaint;
    const sema::Program& program = compiled->program;
    query::Reach reach(compiled->policy, ReferencePolicy());
    const Setting& defaults = reach.defaults();
    Judge judge(program);
    FlowSampler sampler(judge.reference(), random);
    const std::vector<Setting> settings = SettingsAround(defaults, program, random);
    for (const sema::Assertion& assertion : program.assertions) {
      const std::vector<query::Fault> faults =
          query::FaultsOf(assertion, program, ReferencePolicy(), reach).value();
      ++(faults.empty() ? holding : failing);
      std::set<TypeId> faulty;
      // Each fault is one: its example is against the assertion, under the setting it asks for.
      for (const query::Fault& fault : faults) {
        faulty.insert(fault.type);
        const query::Example example =
            query::ExampleOf(assertion.direction, assertion.region, fault.carried.way, program.interfaces);
        Setting setting = defaults;
        if (assertion.kind != sema::Assertion::Kind::kCan) {
          ASSERT_NE(fault.when, flow::kNever);
          for (const auto& [name, value] : reach.conditions().Changes(fault.when, defaults))
            setting[name] = value;
        }
        ASSERT_TRUE(Contradicts(assertion, program, judge, example.flow, fault.type, setting, defaults))
            << "seed " << seed << "\n"
            << assertion.text << "\n"
            << ReferencePolicy().TypeName(fault.type) << " " << example.text << "\n"
            << compiled->text;
      }
      // And no flow shows another.
      for (int f = 0; f < kFlows; ++f) {
        const flow::Flow flow = Inside(assertion.region, sampler.Sample(assertion.direction), random);
        const Setting& setting = f % 2 == 0 ? defaults : random.Pick(settings);
        for (const TypeId type : types) {
          if (!Contradicts(assertion, program, judge, flow, type, setting, defaults)) continue;
          ASSERT_TRUE(faulty.contains(type))
              << "seed " << seed << "\n"
              << assertion.text << "\n"
              << ReferencePolicy().TypeName(type) << " " << Describe(flow) << "\n"
              << compiled->text;
        }
      }
    }
  }
  EXPECT_GT(holding, policies / 2) << failing;
  EXPECT_GT(failing, policies / 2) << holding;
}

}  // namespace
}  // namespace appnet::oracle
