#include "ir/diagram.h"

#include <gtest/gtest.h>

#include <map>

#include "unit/ir/small_space.h"

namespace appnet::ir {
namespace {

constexpr std::uint32_t kMax = 1, kMinus = 2;
Leaf Greater(Leaf a, Leaf b) { return std::max(a, b); }
Leaf Minus(Leaf a, Leaf b) { return a - b; }

// Node `depth` fields deep over small values, random; leaves 0 .. 3.
NodeId RandomDiagram(Diagram& diagram, std::mt19937& random, int field = 0) {
  if (field == kFieldCount) return diagram.MakeLeaf(random() % 4);
  std::vector<Diagram::Edge> edges;
  for (Value high = 0; high < 4; ++high) {
    if (high == 3 || random() % 2 == 0) edges.push_back({high, RandomDiagram(diagram, random, field + 1)});
  }
  return random() % 4 == 0 ? edges[0].child : diagram.MakeNode(static_cast<Field>(field), edges);
}

template <class Visit>
void ForEachSmallPoint(Visit visit) {
  for (unsigned i = 0; i < 4096; ++i) {
    Point point;
    for (unsigned field = 0; field < kFieldCount; ++field) point[field] = i >> (2 * field) & 3;
    visit(point);
  }
}

TEST(Diagram, LeavesAreSharedAndNowhereIsLeafZero) {
  Diagram diagram;
  EXPECT_EQ(diagram.MakeLeaf(0), kNowhere);
  EXPECT_EQ(diagram.MakeLeaf(7), diagram.MakeLeaf(7));
  EXPECT_NE(diagram.MakeLeaf(7), diagram.MakeLeaf(8));
  EXPECT_EQ(diagram.LeafOf(diagram.MakeLeaf(0xffffffff)), 0xffffffffU);
  EXPECT_TRUE(diagram.IsLeaf(kNowhere));
  EXPECT_EQ(diagram.EdgeCount(kNowhere), 0U);
}

TEST(Diagram, NodesAreReducedAndShared) {
  Diagram diagram;
  const NodeId a = diagram.MakeLeaf(1), b = diagram.MakeLeaf(2);
  const Diagram::Edge split[] = {{3, a}, {5, a}, {9, b}};
  const Diagram::Edge merged[] = {{5, a}, {9, b}};
  const NodeId node = diagram.MakeNode(Field::kPeer, split);
  EXPECT_EQ(node, diagram.MakeNode(Field::kPeer, merged));
  EXPECT_NE(node, diagram.MakeNode(Field::kSelf, merged));
  EXPECT_EQ(diagram.EdgeCount(node), 2U);
  EXPECT_EQ(diagram.FieldOf(node), static_cast<int>(Field::kPeer));
  const Diagram::Edge same[] = {{3, a}, {9, a}};
  EXPECT_EQ(diagram.MakeNode(Field::kPeer, same), a);
  EXPECT_EQ(diagram.Child(node, 0), a);
  EXPECT_EQ(diagram.Child(node, 5), a);
  EXPECT_EQ(diagram.Child(node, 6), b);
  EXPECT_EQ(diagram.Child(node, 9), b);
}

TEST(Diagram, IntervalsAtTheEndsOf128Bits) {
  Diagram diagram;
  const NodeId in = diagram.MakeLeaf(1), out = diagram.MakeLeaf(2);
  const auto make = [&](const IntervalSet& set) {
    return diagram.FromIntervals(Field::kPeer, kTop6, set, in, out);
  };
  EXPECT_EQ(make(IntervalSet()), out);
  EXPECT_EQ(make(IntervalSet::Of(0, kTop6)), in);
  const IntervalSet ends({{0, 0}, {Value{1} << 64, (Value{1} << 64) + 1}, {kTop6, kTop6}});
  const NodeId node = make(ends);
  EXPECT_EQ(diagram.EdgeCount(node), 5U);
  for (const Value value : {Value{0}, Value{1}, (Value{1} << 64) - 1, Value{1} << 64, (Value{1} << 64) + 1,
                            (Value{1} << 64) + 2, kTop6 - 1, kTop6}) {
    EXPECT_EQ(diagram.Child(node, value), ends.Contains(value) ? in : out);
  }
}

TEST(Diagram, ApplyMapAndRestrictArePointwise) {
  std::mt19937 random(11);
  for (int round = 0; round < 20; ++round) {
    Diagram diagram;
    const NodeId a = RandomDiagram(diagram, random), b = RandomDiagram(diagram, random);
    const Operation greatest{.id = kMax, .identity = 0, .idempotent = true, .commutative = true};
    const NodeId both = diagram.Apply(greatest, a, b, Greater);
    const NodeId minus = diagram.Apply(kMinus, a, b, Minus);
    const NodeId mapped = diagram.Map(a, [](Leaf leaf) { return leaf / 2; });
    std::vector<NodeId> restricted;
    for (int field = 0; field < kFieldCount; ++field) {
      restricted.push_back(diagram.Restrict(a, static_cast<Field>(field), 2));
    }
    EXPECT_EQ(both, diagram.Apply(greatest, b, a, Greater));
    EXPECT_EQ(diagram.Apply(kMinus, a, a, Minus), kNowhere);  // not idempotent: all zero
    ForEachSmallPoint([&](const Point& point) {
      const Leaf left = diagram.Evaluate(a, point), right = diagram.Evaluate(b, point);
      ASSERT_EQ(diagram.Evaluate(both, point), Greater(left, right));
      ASSERT_EQ(diagram.Evaluate(minus, point), Minus(left, right));
      ASSERT_EQ(diagram.Evaluate(mapped, point), left / 2);
      for (std::size_t field = 0; field < kFieldCount; ++field) {
        Point held = point;
        held[field] = 2;
        ASSERT_EQ(diagram.Evaluate(restricted[field], point), diagram.Evaluate(a, held));
      }
    });
  }
}

TEST(Diagram, EqualFunctionsHaveEqualIds) {
  std::mt19937 random(12);
  Diagram diagram;
  std::map<std::vector<Leaf>, NodeId> by_function;
  const Operation greatest{.id = kMax, .identity = 0, .idempotent = true, .commutative = true};
  std::vector<NodeId> parts;
  for (int i = 0; i < 6; ++i) parts.push_back(RandomDiagram(diagram, random));
  for (int round = 0; round < 30; ++round) {
    std::shuffle(parts.begin(), parts.end(), random);
    NodeId sum = kNowhere;
    for (const NodeId part : parts) sum = diagram.Apply(greatest, sum, part, Greater);
    std::vector<Leaf> function;
    ForEachSmallPoint([&](const Point& point) { function.push_back(diagram.Evaluate(sum, point)); });
    EXPECT_EQ(by_function.emplace(function, sum).first->second, sum);
  }
  EXPECT_EQ(by_function.size(), 1U);
}

TEST(Diagram, StopsAtTheStepBudget) {
  Diagram diagram(Budget{.steps = 2000});
  std::mt19937 random(13);
  NodeId sum = kNowhere;
  for (int i = 0; i < 1000 && !diagram.exceeded(); ++i) {
    sum = diagram.Apply(kMinus, sum, RandomDiagram(diagram, random), Minus);
  }
  EXPECT_TRUE(diagram.exceeded());
  EXPECT_LT(diagram.step_total(), 2100U);
  const std::size_t nodes = diagram.node_total();
  EXPECT_EQ(diagram.Apply(kMinus, sum, sum, Minus), kNowhere);
  EXPECT_EQ(diagram.Map(sum, [](Leaf leaf) { return leaf + 1; }), kNowhere);
  EXPECT_EQ(diagram.Restrict(sum, Field::kPeer, 0), kNowhere);
  EXPECT_EQ(diagram.FromIntervals(Field::kPeer, 9, IntervalSet::Of(1, 2), kNowhere, kNowhere), kNowhere);
  EXPECT_EQ(diagram.node_total(), nodes);
}

TEST(Diagram, StopsAtTheEdgeBudget) {
  Diagram diagram(Budget{.edges = 10});
  for (Value high = 0; high < 100; ++high) {
    diagram.FromIntervals(Field::kSelf, 200, IntervalSet::Of(0, high), diagram.MakeLeaf(1), kNowhere);
  }
  EXPECT_TRUE(diagram.exceeded());
  EXPECT_LE(diagram.edge_total(), 10U);
}

TEST(Memo, FindsWhatWasInserted) {
  Memo memo;
  EXPECT_EQ(memo.Find(1, 8), Memo::kUnknown);
  for (std::uint32_t i = 0; i < 100'000; ++i) memo.Insert(i, i * 7, i);
  for (std::uint32_t i = 0; i < 100'000; ++i) ASSERT_EQ(memo.Find(i, i * 7), i);
  EXPECT_EQ(memo.Find(1, 8), Memo::kUnknown);
  EXPECT_EQ(memo.Find(0xffffffff, 0xffffffff), Memo::kUnknown);
}

TEST(Memo, ForgetsAtItsGreatestSizeButNeverAnswersWrongly) {
  Memo memo(Memo::kFirstSize);
  std::uint32_t found = 0;
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    memo.Insert(i, i + 1, i);
    ASSERT_EQ(memo.Find(i, i + 1), i);
  }
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    const std::uint32_t value = memo.Find(i, i + 1);
    ASSERT_TRUE(value == i || value == Memo::kUnknown);
    found += value == i;
  }
  EXPECT_GT(found, 0U);
  EXPECT_LE(found, Memo::kFirstSize);
}

using DiagramDeathTest = ::testing::Test;
TEST(DiagramDeathTest, BrokenNodesAreOurBug) {
  Diagram diagram;
  const NodeId low =
      diagram.FromIntervals(Field::kInterface, 9, IntervalSet::Of(1, 2), diagram.MakeLeaf(1), kNowhere);
  const Diagram::Edge upside_down[] = {{5, low}, {9, kNowhere}};
  const Diagram::Edge unordered[] = {{5, kNowhere}, {5, diagram.MakeLeaf(1)}};
  EXPECT_EXIT(diagram.MakeNode(Field::kPeer, upside_down), ::testing::ExitedWithCode(4), "earlier field");
  EXPECT_EXIT(diagram.MakeNode(Field::kPeer, unordered), ::testing::ExitedWithCode(4), "out of order");
  EXPECT_EXIT(diagram.MakeNode(Field::kPeer, {}), ::testing::ExitedWithCode(4), "without edges");
  EXPECT_EXIT(diagram.Child(low, 10), ::testing::ExitedWithCode(4), "beyond its field");
}

}  // namespace
}  // namespace appnet::ir
