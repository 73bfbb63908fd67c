#include "flow/condition.h"

#include <gtest/gtest.h>

#include <random>

namespace appnet::flow {
namespace {

// A function of four booleans as its truth table, built beside the condition.
constexpr int kVariables = 4;
constexpr unsigned kRows = 1U << kVariables;
struct Case {
  ConditionId id;
  std::uint32_t table;
};

std::string NameOf(int variable) {
  return std::string(1, static_cast<char>('d' - variable));
}  // not in name order

std::map<std::string, bool> ValuesOf(unsigned row) {
  std::map<std::string, bool> values;
  for (int i = 0; i < kVariables; ++i) values[NameOf(i)] = (row >> i & 1) != 0;
  return values;
}

std::uint32_t VariableTable(int variable) {
  std::uint32_t table = 0;
  for (unsigned row = 0; row < kRows; ++row) table |= (row >> variable & 1) << row;
  return table;
}

bool ProductHolds(const Conditions::Product& product, const std::map<std::string, bool>& values) {
  return std::all_of(product.begin(), product.end(),
                     [&](const auto& term) { return values.at(term.first) == term.second; });
}

std::vector<Case> RandomCases(Conditions& conditions, unsigned seed, int count) {
  std::vector<Case> cases{{kNever, 0}, {kAlways, (1U << kRows) - 1}};
  for (int i = 0; i < kVariables; ++i) cases.push_back({conditions.Variable(NameOf(i)), VariableTable(i)});
  std::mt19937 random(seed);
  while (static_cast<int>(cases.size()) < count) {
    const Case a = cases[random() % cases.size()];
    const Case b = cases[random() % cases.size()];
    switch (random() % 3) {
      case 0:
        cases.push_back({conditions.Not(a.id), ~a.table & ((1U << kRows) - 1)});
        break;
      case 1:
        cases.push_back({conditions.And(a.id, b.id), a.table & b.table});
        break;
      default:
        cases.push_back({conditions.Or(a.id, b.id), a.table | b.table});
    }
  }
  return cases;
}

TEST(Conditions, AgreeWithTruthTablesAndAreCanonical) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    Conditions conditions;
    std::map<std::uint32_t, ConditionId> by_table;
    for (const Case& c : RandomCases(conditions, seed, 2000)) {
      EXPECT_EQ(by_table.emplace(c.table, c.id).first->second, c.id);
      for (unsigned row = 0; row < kRows; ++row) {
        ASSERT_EQ(conditions.Holds(c.id, ValuesOf(row)), (c.table >> row & 1) != 0);
      }
    }
    EXPECT_GT(by_table.size(), 50U);
  }
}

TEST(Conditions, ProductsAreDisjointAndCoverTheFunction) {
  Conditions conditions;
  for (const Case& c : RandomCases(conditions, 4, 500)) {
    const auto products = conditions.Products(c.id);
    for (unsigned row = 0; row < kRows; ++row) {
      const auto values = ValuesOf(row);
      const auto hits = std::count_if(products.begin(), products.end(),
                                      [&](const auto& product) { return ProductHolds(product, values); });
      ASSERT_EQ(hits, static_cast<std::ptrdiff_t>(c.table >> row & 1));
    }
    for (const auto& product : products) EXPECT_TRUE(std::is_sorted(product.begin(), product.end()));
  }
}

TEST(Conditions, ProductsAndTextDoNotDependOnTheOrderOfFirstUse) {
  std::vector<int> order{0, 1, 2, 3};
  std::map<std::uint32_t, std::pair<std::string, std::vector<Conditions::Product>>> seen;
  do {
    Conditions conditions;
    for (const int variable : order) conditions.Variable(NameOf(variable));
    for (const Case& c : RandomCases(conditions, 5, 100)) {
      const std::pair now{conditions.Text(c.id), conditions.Products(c.id)};
      EXPECT_EQ(seen.emplace(c.table, now).first->second, now);
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Conditions, ConstantsHaveTheirProducts) {
  const Conditions conditions;
  EXPECT_TRUE(conditions.Products(kNever).empty());
  EXPECT_EQ(conditions.Products(kAlways), std::vector<Conditions::Product>{{}});
  EXPECT_TRUE(conditions.VariablesOf(kAlways).empty());
  EXPECT_EQ(conditions.Text(kAlways), "always");
  EXPECT_EQ(conditions.Text(kNever), "never");
}

TEST(Conditions, TextReadsAsTheLanguage) {
  Conditions conditions;
  const ConditionId a = conditions.Variable("a"), b = conditions.Variable("b"), c = conditions.Variable("c");
  EXPECT_EQ(conditions.Text(a), "a");
  EXPECT_EQ(conditions.Text(conditions.Not(a)), "not a");
  EXPECT_EQ(conditions.Text(conditions.And(a, conditions.Not(b))), "a and not b");
  EXPECT_EQ(conditions.Text(conditions.Or(a, b)), "a or b");
  EXPECT_EQ(conditions.Text(conditions.Or(conditions.And(a, b), conditions.And(conditions.Not(a), c))),
            "(a and b) or (not a and c)");
  EXPECT_EQ(conditions.Text(conditions.Or(conditions.And(a, b), c)), "(a and b) or c");
}

TEST(Conditions, VariablesAreThoseThatMatter) {
  Conditions conditions;
  const ConditionId b = conditions.Variable("b"), a = conditions.Variable("a");
  EXPECT_EQ(conditions.VariablesOf(conditions.And(b, a)), (std::vector<std::string>{"a", "b"}));
  const ConditionId only_a = conditions.Or(conditions.And(a, b), conditions.And(a, conditions.Not(b)));
  EXPECT_EQ(only_a, a);
  EXPECT_EQ(conditions.VariablesOf(only_a), std::vector<std::string>{"a"});
}

TEST(Conditions, WorkIsBounded) {
  const auto large = [](Conditions& conditions) {
    for (int i = 0; i < 30; ++i) conditions.Variable("a" + std::to_string(i));
    ConditionId sum = kNever;
    for (int i = 0; i < 30; ++i) {
      sum = conditions.Or(sum, conditions.And(conditions.Variable("a" + std::to_string(i)),
                                              conditions.Variable("b" + std::to_string(i))));
    }
  };
  Conditions conditions;
  conditions.Limit(10'000);
  large(conditions);
  EXPECT_TRUE(conditions.exceeded());
  EXPECT_LT(conditions.size(), 20'000U);
  Conditions small;
  small.Limit(10'000);
  small.And(small.Variable("a"), small.Variable("b"));
  EXPECT_FALSE(small.exceeded());
}

}  // namespace
}  // namespace appnet::flow
