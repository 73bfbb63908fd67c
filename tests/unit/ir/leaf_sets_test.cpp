#include "ir/leaf_sets.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

namespace appnet::ir {
namespace {

TEST(LeafSets, EqualSetsHaveEqualIds) {
  Diagram diagram;
  LeafSets sets(diagram);
  std::map<std::set<SetElement>, LeafSetId> known{{{}, kEmptySet}};
  std::vector<std::set<SetElement>> all{{}};
  std::mt19937 random(3);
  for (int round = 0; round < 3000; ++round) {
    std::set<SetElement> next;
    LeafSetId id = kEmptySet;
    if (random() % 2 == 0) {
      for (unsigned count = random() % 6; count > 0; --count) next.insert(random() % 20);
      id = sets.Intern(std::vector<SetElement>(next.begin(), next.end()));
    } else {
      const auto& a = all[random() % all.size()];
      const auto& b = all[random() % all.size()];
      next = a;
      next.insert(b.begin(), b.end());
      id = sets.Union(known.at(a), known.at(b));
    }
    ASSERT_EQ(known.emplace(next, id).first->second, id);
    ASSERT_TRUE(std::ranges::equal(sets.Elements(id), next));
    all.push_back(next);
  }
  EXPECT_EQ(sets.size(), known.size());
  EXPECT_EQ(sets.Intern({}), kEmptySet);
}

TEST(LeafSets, UnionOfDiagramsIsPointwise) {
  Diagram diagram;
  LeafSets sets(diagram);
  const SetElement one[] = {1}, two[] = {2}, both[] = {1, 2};
  const NodeId a = diagram.FromIntervals(Field::kPeer, 99, IntervalSet::Of(10, 30),
                                         diagram.MakeLeaf(sets.Intern(one)), diagram.MakeLeaf(kEmptySet));
  const NodeId b = diagram.FromIntervals(Field::kPeer, 99, IntervalSet::Of(20, 99),
                                         diagram.MakeLeaf(sets.Intern(two)), diagram.MakeLeaf(kEmptySet));
  const NodeId sum = UnionOf(diagram, sets, a, b);
  EXPECT_EQ(sum, UnionOf(diagram, sets, b, a));
  EXPECT_EQ(diagram.EdgeCount(sum), 4U);
  EXPECT_EQ(diagram.LeafOf(diagram.Child(sum, 9)), kEmptySet);
  EXPECT_EQ(diagram.LeafOf(diagram.Child(sum, 19)), sets.Intern(one));
  EXPECT_EQ(diagram.LeafOf(diagram.Child(sum, 20)), sets.Intern(both));
  EXPECT_EQ(diagram.LeafOf(diagram.Child(sum, 31)), sets.Intern(two));
}

TEST(LeafSets, TwoStoresOfOneDiagramDoNotShareResults) {
  Diagram diagram;
  LeafSets first(diagram), second(diagram);
  EXPECT_NE(first.union_operation().id, second.union_operation().id);
}

}  // namespace
}  // namespace appnet::ir
