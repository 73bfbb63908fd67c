// The exact conditions of accesses, against the same policy built anew with the booleans set otherwise: there
// the condition at the defaults says what holds.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "unit/sepolicy/policies.h"

namespace appnet::sepolicy {
namespace {

using Setting = std::map<std::string, bool>;

std::vector<Setting> Settings(const std::vector<std::string>& booleans) {
  std::vector<Setting> settings;
  for (unsigned bits = 0; bits < 1U << booleans.size(); ++bits) {
    Setting setting;
    for (std::size_t i = 0; i < booleans.size(); ++i) setting[booleans[i]] = (bits >> i & 1U) != 0;
    settings.push_back(std::move(setting));
  }
  return settings;
}

flow::ConditionId When(const Policy& policy, std::string_view source, flow::Conditions& conditions,
                       std::string_view permission = "read") {
  const base::Result<flow::ConditionId> when = policy.AllowedWhen(
      TypeNamed(policy, source), TypeNamed(policy, "target_t"), "thing", permission, conditions);
  EXPECT_TRUE(when.ok()) << (when.ok() ? "" : when.error().message);
  return when.ok() ? when.value() : flow::kNever;
}

std::string Text(const std::string& more, std::string_view source, std::string_view permission = "read") {
  flow::Conditions conditions;
  const Policy policy = TinyPolicy(more);
  return conditions.Text(When(policy, source, conditions, permission));
}

TEST(AccessConditions, OfRulesAndBranches) {
  const std::string policy =
      "(boolean x false) (boolean y true) (typeattribute both) (typeattributeset both (a_t b_t))"
      "(expandtypeattribute both false) (allow a_t target_t (thing (write)))"
      "(booleanif (and x (not y)) (true (allow a_t target_t (thing (read write))))"
      "  (false (allow b_t target_t (thing (read)))))"
      "(booleanif x (true (allow both target_t (thing (read)))))";
  EXPECT_EQ(Text(policy, "a_t"), "x");
  EXPECT_EQ(Text(policy, "a_t", "write"), "always");
  EXPECT_EQ(Text(policy, "b_t"), "always") << "`not x or y` by one rule, `x` by another";
  EXPECT_EQ(Text(policy, "b_t", "write"), "never");
  EXPECT_EQ(Text(policy, "kernel_t"), "never");
}

TEST(AccessConditions, EveryOperator) {
  const std::pair<const char*, const char*> cases[] = {
      {"x", "x"},
      {"(not x)", "not x"},
      {"(and x y)", "x and y"},
      {"(or x y)", "x or y"},
      {"(xor x y)", "(not x and y) or (x and not y)"},
      {"(neq x y)", "(not x and y) or (x and not y)"},
      {"(eq x y)", "(not x and not y) or (x and y)"},
      {"(or (and x y) (not (or x y)))", "(not x and not y) or (x and y)"}};
  for (const auto& [expression, text] : cases) {
    flow::Conditions conditions;
    const Policy policy = TinyPolicy(
        "(boolean x true) (boolean y false) (booleanif " + std::string(expression) +
        " (true (allow a_t target_t (thing (read)))) (false (allow b_t target_t (thing (read)))))");
    const flow::ConditionId when = When(policy, "a_t", conditions);
    const flow::ConditionId otherwise = When(policy, "b_t", conditions);
    EXPECT_EQ(otherwise, conditions.Not(when)) << expression;
    for (const Setting& setting : Settings({"x", "y"})) {
      const bool x = setting.at("x"), y = setting.at("y");
      const std::string_view wanted = text;
      const bool holds = wanted == "x"                                ? x
                         : wanted == "not x"                          ? !x
                         : wanted == "x and y"                        ? x && y
                         : wanted == "x or y"                         ? x || y
                         : wanted == "(not x and y) or (x and not y)" ? x != y
                                                                      : x == y;
      EXPECT_EQ(conditions.Holds(when, setting), holds) << expression;
    }
  }
}

TEST(AccessConditions, HolderThatNeverMayIsNone) {
  const Policy policy = TinyPolicy(
      "(boolean x true) (booleanif (and x (not x)) (true (allow a_t target_t (thing (read)))))"
      "(booleanif (or x (not x)) (true (allow b_t target_t (thing (read)))))");
  flow::Conditions conditions;
  const auto holders = policy.HoldersWhen(TypeNamed(policy, "target_t"), "thing", "read", conditions).value();
  ASSERT_EQ(holders.size(), 1U);
  EXPECT_EQ(policy.TypeName(holders[0].source), "b_t");
  EXPECT_EQ(holders[0].when, flow::kAlways);
}

std::string RandomExpression(std::mt19937& random, unsigned booleans, unsigned depth) {
  const unsigned kind = depth == 0 ? 0 : random() % 8;
  if (kind < 2) return "b" + std::to_string(random() % booleans);
  const std::string first = RandomExpression(random, booleans, depth - 1);
  if (kind == 2) return "(not " + first + ")";
  constexpr const char* kOperators[] = {"and", "or", "xor", "eq", "neq"};
  return "(" + std::string(kOperators[kind - 3]) + " " + first + " " +
         RandomExpression(random, booleans, depth - 1) + ")";
}

TEST(AccessConditions, AgreeWithEverySettingOfRandomPolicies) {
  constexpr unsigned kBooleans = 4;
  std::mt19937 random(3);
  std::vector<std::string> names;
  for (unsigned i = 0; i < kBooleans; ++i) names.push_back("b" + std::to_string(i));
  for (int round = 0; round < 12; ++round) {
    std::string rules =
        "(typeattribute both) (typeattributeset both (a_t b_t)) (expandtypeattribute both false)";
    for (unsigned rule = 0; rule < 4; ++rule) {
      constexpr const char* kSources[] = {"a_t", "b_t", "both"};
      const auto allow = [&] {
        return "(allow " + std::string(kSources[random() % 3]) + " target_t (thing (" +
               (random() % 2 == 0 ? "read" : "read write") + ")))";
      };
      rules += "(booleanif " + RandomExpression(random, kBooleans, 3) + " (true " + allow() + ")" +
               (random() % 2 == 0 ? " (false " + allow() + ")" : "") + ")";
    }
    const auto with = [&](const Setting& setting) {
      std::string text;
      for (const auto& [name, value] : setting) text += "(boolean " + name + (value ? " true)" : " false)");
      return TinyPolicy(text + rules);
    };
    const std::vector<Setting> settings = Settings(names);
    flow::Conditions conditions;
    const Policy policy = with(settings[0]);
    for (const Setting& setting : settings) {
      const Policy other = with(setting);
      for (const char* source : {"a_t", "b_t"}) {
        for (const char* permission : {"read", "write"}) {
          const flow::ConditionId when = When(policy, source, conditions, permission);
          const Access access =
              other.Allowed(TypeNamed(other, source), TypeNamed(other, "target_t"), "thing", permission);
          EXPECT_EQ(conditions.Holds(when, setting), access.at_defaults) << rules << source << permission;
        }
      }
    }
  }
}

TEST(AccessConditions, HoldersAgreeWithPairsAndWithTheLooseAnswer) {
  const Policy policy = Policy::Reference().value();
  flow::Conditions conditions;
  Setting defaults;
  for (BooleanId boolean = 0; boolean < policy.boolean_count(); ++boolean)
    defaults[policy.BooleanName(boolean)] = policy.BooleanDefault(boolean);
  bool conditional = false;
  for (const char* permission : {"send", "recv", "relabelto", "forward_in"}) {
    for (TypeId target = 0; target < policy.type_count(); ++target) {
      const auto holders = policy.HoldersWhen(target, "packet", permission, conditions).value();
      auto holder = holders.begin();
      for (TypeId source = 0; source < policy.type_count(); ++source) {
        const flow::ConditionId when =
            policy.AllowedWhen(source, target, "packet", permission, conditions).value();
        const Access access = policy.Allowed(source, target, "packet", permission);
        EXPECT_EQ(access.ever, when != flow::kNever);
        EXPECT_EQ(access.always, when == flow::kAlways);
        EXPECT_EQ(access.at_defaults, conditions.Holds(when, defaults));
        conditional = conditional || (when != flow::kNever && when != flow::kAlways);
        if (when == flow::kNever) continue;
        ASSERT_NE(holder, holders.end());
        EXPECT_EQ(holder->source, source);
        EXPECT_EQ(holder->when, when);
        ++holder;
      }
      EXPECT_EQ(holder, holders.end());
    }
  }
  EXPECT_TRUE(conditional) << "the reference policy has conditional rules on packets";
}

TEST(AccessConditions, OfEachRuleByTheNamesThatItHas) {
  const Policy policy = TinyPolicy(
      "(boolean x false) (typeattribute both) (typeattributeset both (a_t b_t))"
      "(expandtypeattribute both false) (allow both target_t (thing (read)))"
      "(booleanif x (false (allow a_t target_t (thing (read write))))) (allow b_t target_t (thing (read)))");
  flow::Conditions conditions;
  const auto ask = [&](const char* permission) {
    std::vector<std::string> texts;
    const auto rules = policy.RulesFor(TypeNamed(policy, "a_t"), TypeNamed(policy, "target_t"), "thing",
                                       permission, conditions);
    EXPECT_TRUE(rules.ok());
    for (const Policy::AllowRule& rule : rules.value())
      texts.push_back(rule.source + " " + rule.target + " " + conditions.Text(rule.when));
    return texts;
  };
  EXPECT_EQ(ask("read"), (std::vector<std::string>{"a_t target_t not x", "both target_t always"}));
  EXPECT_EQ(ask("write"), (std::vector<std::string>{"a_t target_t not x"}));
}

TEST(AccessConditions, MoreThanCanBeFollowedIsAnError) {
  std::string many;
  std::string expression = "b0";
  for (int i = 0; i < 16; ++i) many += "(boolean b" + std::to_string(i) + " false)";
  for (int i = 1; i < 16; ++i) expression = "(and " + expression + " b" + std::to_string(i) + ")";
  const Policy one = TinyPolicy(many + "(booleanif " + expression +
                                " (true (allow a_t target_t (thing (read)))))"
                                "(booleanif b1 (true (allow b_t target_t (thing (read)))))");
  flow::Conditions conditions;
  const auto ask = [&](const Policy& policy) {
    return policy.HoldersWhen(TypeNamed(policy, "target_t"), "thing", "read", conditions);
  };
  ASSERT_FALSE(ask(one).ok());
  EXPECT_NE(ask(one).error().message.find("`tiny`: a condition has 16 booleans"), std::string::npos)
      << ask(one).error().message;
  EXPECT_EQ(conditions.Text(When(one, "b_t", conditions)), "b1") << "other questions have answers";

  // The worst order for a diagram: the first of each pair comes before the second of any.
  std::string pairs;
  for (int i = 0; i < 40; ++i) {
    const std::string n = std::to_string(i);
    pairs += "(boolean a" + n + " false) (boolean b" + n + " false) (booleanif (and a" + n + " b" + n +
             ") (true (allow a_t target_t (thing (read)))))";
  }
  for (int i = 0; i < 40; ++i) conditions.Variable("a" + std::to_string(i));
  const Policy two = TinyPolicy(pairs);
  ASSERT_FALSE(ask(two).ok());
  EXPECT_NE(ask(two).error().message.find("too many to be followed"), std::string::npos);
}

}  // namespace
}  // namespace appnet::sepolicy
