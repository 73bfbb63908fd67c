#include "lower/names.h"

#include <set>

#include "lowered.h"

namespace appnet::lower {
namespace {

using Types = std::vector<std::string>;

std::string NameOf(const std::vector<std::string>& domains, bool forward = false) {
  const flow::Conditions conditions;
  std::vector<ir::Grant> grants;
  for (const std::string& domain : domains) grants.push_back({domain, flow::kAlways, flow::kNever});
  return ClassName(grants, forward, conditions);
}

// The hashes are pinned: a changed name would relabel every machine at its next build.
TEST(ClassName, SaysForWhom) {
  EXPECT_EQ(NameOf({"mozilla_t"}), "appnet_mozilla_packet_t");
  EXPECT_EQ(NameOf({"unlabeled_t"}, true), "appnet_unlabeled_forwarded_t");
  EXPECT_EQ(NameOf({"a_t", "b_t"}), "appnet_a_b_ff9e376ed1a4_packet_t");
  EXPECT_EQ(NameOf({"a_t", "b_t", "c_t"}), "appnet_a_and_2_more_e1f632481b38_packet_t");
  EXPECT_EQ(NameOf({}), "appnet_nobody_0_packet_t");
  // Names of domains that would look like those above.
  EXPECT_NE(NameOf({"nobody_0_t"}), NameOf({}));
  EXPECT_NE(NameOf({"a_b_ff9e376ed1a4_t"}), NameOf({"a_t", "b_t"}));
}

TEST(ClassName, DoesNotDependOnTheOrderOfVariables) {
  flow::Conditions first;
  const flow::ConditionId ab = first.And(first.Variable("a"), first.Not(first.Variable("b")));
  flow::Conditions second;
  const flow::ConditionId b = second.Variable("b");
  const flow::ConditionId ba = second.And(second.Not(b), second.Variable("a"));
  const auto name = [](flow::ConditionId condition, const flow::Conditions& conditions) {
    return ClassName({{"mozilla_t", condition, flow::kNever}}, false, conditions);
  };
  EXPECT_EQ(name(ab, first), name(ba, second));
  EXPECT_NE(name(ab, first), name(first.Not(ab), first));
  EXPECT_NE(name(ab, first), name(flow::kAlways, first));
}

TEST(ClassName, DifferentGrantsDifferentNames) {
  flow::Conditions conditions;
  const flow::ConditionId a = conditions.Variable("a");
  const flow::ConditionId b = conditions.Variable("b");
  const flow::ConditionId whens[] = {flow::kAlways, a, b, conditions.Not(a), conditions.And(a, b)};
  std::set<std::string> names;
  std::size_t count = 0;
  for (const char* domain : {"a_t", "a", "a_t_t", "nobody_t", "a_packet_t", "unmatched_t", "transit_t"}) {
    for (const flow::ConditionId allowed : whens) {
      for (const flow::ConditionId audited : {flow::kNever, a, allowed}) {
        if (allowed == a && audited == allowed) continue;  // the same as the one before
        for (const bool forward : {false, true}) {
          names.insert(ClassName({{domain, allowed, audited}}, forward, conditions));
          ++count;
        }
      }
    }
  }
  names.insert({std::string(kUnmatchedType), std::string(kForwardUnmatchedType), std::string(kTransitType)});
  EXPECT_EQ(names.size(), count + 3);
}

TEST(ClassName, IsBounded) {
  const std::string domain = std::string(200, 'd') + "_t";
  EXPECT_LT(NameOf({domain}).size(), 128U);
  EXPECT_LT(NameOf({domain, domain + "x"}).size(), 128U);
  EXPECT_LT(NameOf(std::vector<std::string>(5000, domain)).size(), 128U);
}

TEST(ClassName, UnrelatedRulesChangeNoName) {
  const std::string body =
      "boolean direct = false; boolean another = false;\n"
      "domain mozilla_t { connect tcp/3128 to 10.20.0.7; if direct { connect tcp/443; } }\n"
      "domain chromium_t { connect tcp/* to 10.20.0.0/16; }\n";
  const std::string more =
      "domain sshd_t { if another or direct { accept tcp/22; } }\n"
      "domain ntpd_t, named_t { connect udp/123; }\n";
  const Lowered before = LowerBody(body);
  for (const std::string& text : {body + more, more + body}) {
    const Lowered after = LowerBody(text);
    ASSERT_TRUE(before.policy && after.policy);
    const Types old_types = before.Types(ir::LabelKind::kClass);
    const Types new_types = after.Types(ir::LabelKind::kClass);
    EXPECT_GT(new_types.size(), old_types.size());
    EXPECT_TRUE(std::ranges::includes(new_types, old_types));
  }
}

}  // namespace
}  // namespace appnet::lower
