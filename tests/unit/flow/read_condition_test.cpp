#include "flow/read_condition.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace appnet::flow {
namespace {

TEST(ReadCondition, IsTheInverseOfText) {
  Conditions conditions;
  std::vector<ConditionId> functions{kNever, kAlways};
  for (const char* name : {"a", "b", "c"}) functions.push_back(conditions.Variable(name));
  for (int round = 0; round < 2; ++round) {
    const std::size_t size = functions.size();
    for (std::size_t i = 0; i < size && functions.size() < 300; ++i) {
      functions.push_back(conditions.Not(functions[i]));
      for (std::size_t j = 0; j < size && functions.size() < 300; ++j) {
        functions.push_back(conditions.And(functions[i], conditions.Not(functions[j])));
        functions.push_back(conditions.Or(functions[i], functions[j]));
      }
    }
  }
  for (const ConditionId function : functions) {
    EXPECT_EQ(ReadCondition(conditions.Text(function), conditions), function) << conditions.Text(function);
  }
}

TEST(ReadCondition, WordsAreAsStrongAsInTheLanguage) {
  Conditions conditions;
  const ConditionId a = conditions.Variable("a");
  const ConditionId b = conditions.Variable("b");
  const ConditionId c = conditions.Variable("c");
  EXPECT_EQ(ReadCondition("a or b and not c", conditions),
            conditions.Or(a, conditions.And(b, conditions.Not(c))));
  EXPECT_EQ(ReadCondition("(a or b)and not not c", conditions), conditions.And(conditions.Or(a, b), c));
  EXPECT_EQ(ReadCondition("not (a)", conditions), conditions.Not(a));
}

TEST(ReadCondition, RefusesWhatIsNone) {
  Conditions conditions;
  for (const char* text : {"", " ", "a b", "a and", "or a", "not", "(a", "a)", "()", "a and or b", "not or"})
    EXPECT_FALSE(ReadCondition(text, conditions)) << text;
  EXPECT_FALSE(ReadCondition(std::string(100000, '(') + "a", conditions));
  std::string negations;
  for (int i = 0; i < 100001; ++i) negations += "not ";
  EXPECT_EQ(ReadCondition(negations + "a", conditions), conditions.Not(conditions.Variable("a")));
}

}  // namespace
}  // namespace appnet::flow
