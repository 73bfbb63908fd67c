// What rules and conditions grant, on policies small enough to see through.

#include <gtest/gtest.h>

#include "unit/sepolicy/policies.h"

namespace appnet::sepolicy {
namespace {

Access On(const Policy& policy, std::string_view source, std::string_view permission = "read") {
  return policy.Allowed(TypeNamed(policy, source), TypeNamed(policy, "target_t"), "thing", permission);
}

std::string Text(const Access& access) {
  return std::string(access.always ? "always " : "") + (access.at_defaults ? "defaults " : "") +
         (access.ever ? "ever" : "never");
}

constexpr char kAlways[] = "always defaults ever";

TEST(Access, RuleBetweenTypes) {
  const Policy policy = TinyPolicy("(allow a_t target_t (thing (read)))");
  EXPECT_EQ(Text(On(policy, "a_t")), kAlways);
  EXPECT_EQ(Text(On(policy, "a_t", "write")), "never");
  EXPECT_EQ(Text(On(policy, "b_t")), "never");
  const TypeId target = TypeNamed(policy, "target_t");
  EXPECT_FALSE(policy.Allowed(target, TypeNamed(policy, "a_t"), "thing", "read").ever)
      << "rules have a direction";
}

TEST(Access, AttributesOnBothSides) {
  const Policy policy = TinyPolicy(
      "(typeattribute subjects) (typeattributeset subjects (a_t b_t)) (typeattribute objects)"
      "(typeattributeset objects (target_t unlabeled_t)) (expandtypeattribute (subjects objects) false)"
      "(allow subjects objects (thing (read))) (allow a_t objects (thing (write)))");
  EXPECT_EQ(Text(On(policy, "a_t")), kAlways);
  EXPECT_EQ(Text(On(policy, "b_t")), kAlways);
  EXPECT_EQ(Text(On(policy, "b_t", "write")), "never");
  EXPECT_EQ(Text(On(policy, "kernel_t")), "never");
  EXPECT_EQ(Names(policy, policy.SourcesOf("thing", "read")), (std::vector<std::string>{"a_t", "b_t"}));
  EXPECT_EQ(Names(policy, policy.SourcesOf("thing", "write")), (std::vector<std::string>{"a_t"}));
}

TEST(Access, SelfIsEachTypeAlone) {
  const Policy policy = TinyPolicy(
      "(typeattribute subjects) (typeattributeset subjects (a_t b_t)) (expandtypeattribute subjects false)"
      "(allow subjects self (thing (read)))");
  const TypeId a = TypeNamed(policy, "a_t");
  const TypeId b = TypeNamed(policy, "b_t");
  EXPECT_TRUE(policy.Allowed(a, a, "thing", "read").always);
  EXPECT_TRUE(policy.Allowed(b, b, "thing", "read").always);
  EXPECT_FALSE(policy.Allowed(a, b, "thing", "read").ever);
}

TEST(Access, WhatThePolicyLacksIsNotAllowed) {
  const Policy policy = TinyPolicy("(allow a_t target_t (thing (read)))");
  const TypeId target = TypeNamed(policy, "target_t");
  EXPECT_FALSE(policy.HasClass("packet"));
  EXPECT_FALSE(policy.HasPermission("packet", "send"));
  EXPECT_FALSE(policy.HasPermission("thing", "send"));
  EXPECT_TRUE(policy.HasPermission("thing", "read"));
  EXPECT_FALSE(policy.Allowed(target, target, "packet", "send").ever);
  EXPECT_TRUE(policy.Holders(target, "packet", "send").empty());
  EXPECT_TRUE(policy.Holders(target, "thing", "send").empty());
  EXPECT_TRUE(policy.SourcesOf("packet", "relabelto").empty());
}

TEST(Access, ConditionWithDefaultOff) {
  const Policy policy = TinyPolicy(
      "(boolean off false) (booleanif off (true (allow a_t target_t (thing (read))))"
      " (false (allow b_t target_t (thing (read)))))");
  EXPECT_EQ(Text(On(policy, "a_t")), "ever");
  EXPECT_EQ(Text(On(policy, "b_t")), "defaults ever");
}

TEST(Access, ConditionWithDefaultOn) {
  const Policy policy = TinyPolicy(
      "(boolean on true) (booleanif on (true (allow a_t target_t (thing (read))))"
      " (false (allow b_t target_t (thing (read)))))");
  EXPECT_EQ(Text(On(policy, "a_t")), "defaults ever");
  EXPECT_EQ(Text(On(policy, "b_t")), "ever");
}

TEST(Access, BothBranchesAreAlways) {
  const Policy policy = TinyPolicy(
      "(typeattribute subjects) (typeattributeset subjects (a_t b_t)) (expandtypeattribute subjects false)"
      "(boolean off false) (booleanif off (true (allow a_t target_t (thing (read write))))"
      " (false (allow subjects target_t (thing (read)))))");
  EXPECT_EQ(Text(On(policy, "a_t")), kAlways) << "in `if` by its own name, in `else` through an attribute";
  EXPECT_EQ(Text(On(policy, "a_t", "write")), "ever");
  EXPECT_EQ(Text(On(policy, "b_t")), "defaults ever");
  const std::vector<Policy::Holder> holders = policy.Holders(TypeNamed(policy, "target_t"), "thing", "read");
  ASSERT_EQ(holders.size(), 2U);
  EXPECT_EQ(Text(holders[0].access), kAlways);
  EXPECT_EQ(Text(holders[1].access), "defaults ever");
}

TEST(Access, BranchesOfDifferentConditionsAreNotAlways) {
  const Policy policy = TinyPolicy(
      "(boolean x false) (boolean y true) (booleanif x (true (allow a_t target_t (thing (read)))))"
      "(booleanif y (false (allow a_t target_t (thing (read)))))");
  EXPECT_EQ(Text(On(policy, "a_t")), "ever");
}

TEST(Access, UnconditionalRuleBesideAConditionalOne) {
  const Policy policy = TinyPolicy(
      "(boolean x false) (booleanif x (true (allow a_t target_t (thing (read write)))))"
      "(typeattribute subjects) (typeattributeset subjects (a_t b_t)) (expandtypeattribute subjects false)"
      "(allow subjects target_t (thing (read)))");
  EXPECT_EQ(Text(On(policy, "a_t")), kAlways);
  EXPECT_EQ(Text(On(policy, "a_t", "write")), "ever");
}

TEST(Access, EveryOperatorOfAnExpression) {
  const struct {
    const char* expression;
    bool holds;
  } cases[] = {{"(and t f)", false},
               {"(and t t2)", true},
               {"(or f t)", true},
               {"(or f f2)", false},
               {"(not f)", true},
               {"(not t)", false},
               {"(xor t f)", true},
               {"(xor t t2)", false},
               {"(eq t t2)", true},
               {"(eq t f)", false},
               {"(neq t f)", true},
               {"(neq f f2)", false},
               {"(and t (not (or f f2)))", true},
               {"(or (and t f) (not t))", false}};
  for (const auto& [expression, holds] : cases) {
    const Policy policy = TinyPolicy(
        "(boolean t true) (boolean t2 true) (boolean f false) (boolean f2 false) (booleanif " +
        std::string(expression) +
        " (true (allow a_t target_t (thing (read)))) (false (allow b_t target_t (thing (read)))))");
    EXPECT_EQ(On(policy, "a_t").at_defaults, holds) << expression;
    EXPECT_EQ(On(policy, "b_t").at_defaults, !holds) << expression;
    EXPECT_TRUE(On(policy, "a_t").ever) << expression;
    EXPECT_FALSE(On(policy, "a_t").always) << expression;
  }
}

TEST(Access, AuditAndDontauditGrantNothing) {
  const Policy policy = TinyPolicy(
      "(auditallow a_t target_t (thing (read))) (dontaudit b_t target_t (thing (read)))"
      "(boolean x true) (booleanif x (true (auditallow a_t target_t (thing (write)))))");
  EXPECT_EQ(Text(On(policy, "a_t")), "never");
  EXPECT_EQ(Text(On(policy, "a_t", "write")), "never");
  EXPECT_EQ(Text(On(policy, "b_t")), "never");
}

TEST(Access, HoldersAgreeWithAllowed) {
  const Policy policy = Policy::Reference().value();
  for (const char* permission : {"send", "recv", "relabelto", "forward_in", "forward_out"}) {
    for (TypeId target = 0; target < policy.type_count(); ++target) {
      const std::vector<Policy::Holder> holders = policy.Holders(target, "packet", permission);
      auto holder = holders.begin();
      for (TypeId source = 0; source < policy.type_count(); ++source) {
        const Access access = policy.Allowed(source, target, "packet", permission);
        if (!access.ever) continue;
        ASSERT_NE(holder, holders.end());
        EXPECT_EQ(holder->source, source);
        EXPECT_EQ(Text(holder->access), Text(access));
        ++holder;
      }
      EXPECT_EQ(holder, holders.end());
    }
  }
}

}  // namespace
}  // namespace appnet::sepolicy
