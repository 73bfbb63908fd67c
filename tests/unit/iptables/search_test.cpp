#include "backend/iptables/search.h"

#include <gtest/gtest.h>

#include <random>

#include "unit/iptables/random_policy.h"

namespace appnet::backend::iptables {
namespace {

using Piece = Run;  // testing::Test has a Run of its own

class SearchTest : public testing::Test {
 protected:
  SearchTest() : policy_(EmptyPolicy()), chains_(policy_) {
    for (ir::LabelId label = 0; label < policy_.labels.size(); ++label)
      labels_.push_back(chains_.Label(label));
  }

  Machine MachineOf(Target target) {
    Draft entry(chains_);
    entry.Call(target);
    const Target start = chains_.Name("start" + std::to_string(++starts_), entry);
    return Machine("*mangle\n" + chains_.Text({start}) + "-I INPUT 1 -j " + chains_.NameOf(start) +
                   "\nCOMMIT\n");
  }

  ir::Policy policy_;
  Chains chains_;
  std::vector<Target> labels_;
  int starts_ = 0;
};

TEST_F(SearchTest, GapsAndNeighbours) {
  const auto runs = WithGaps({{{5, 9}, 1}, {{10, 12}, 1}, {{20, 255}, 2}}, 255, 0);
  ASSERT_EQ(runs.size(), 4U);
  EXPECT_EQ(runs[0].where, (Interval{0, 4}));
  EXPECT_EQ(runs[1].where, (Interval{5, 12}));
  EXPECT_EQ(runs[2].where, (Interval{13, 19}));
  EXPECT_EQ(runs[3].where, (Interval{20, 255}));
  const Value top = ~Value{0};
  EXPECT_EQ(WithGaps({{{0, top}, 7}}, top, 0).size(), 1U);
  EXPECT_EQ(WithGaps({}, top, 3).front().target, 3U);
}

TEST_F(SearchTest, ConstantsNeedNoChain) {
  const Axis axis = Axis::Port(6, FieldsOf({}));
  EXPECT_EQ(Search(chains_, 's', axis, WithGaps({}, 65535, kReturn), 5), kReturn);
  EXPECT_EQ(Search(chains_, 's', axis, {{{0, 65535}, labels_[0]}}, 5), labels_[0]);
}

// However little depth is left, the answers are the same.
TEST_F(SearchTest, FindsEveryRunAtEveryDepth) {
  std::mt19937 random(3);
  for (const Family family : flow::kFamilies) {
    for (const bool translated : {false, true}) {
      Reading reading{flow::Direction::kConnect, netfilter::Orientation::kBack, translated};
      const Axis axis = Axis::Peer(family, FieldsOf(reading));
      for (const int count : {1, 5, 12, 13, 70, 600}) {
        std::vector<Piece> runs;
        Value at = Value{10} << (base::AddressBits(family) - 8);
        for (int i = 0; i < count; ++i) {
          const Value low = at + random() % 300;
          const Value high = low + random() % 300 * (i % 3 == 0 ? 0 : 1);
          runs.push_back({{low, high}, labels_[static_cast<std::size_t>(i) % 3]});
          at = high + 1;
        }
        const auto all = WithGaps(runs, axis.maximum(), kReturn);
        for (const unsigned height : {2U, 3U, 9U}) {
          const Target tree = Search(chains_, 't', axis, all, height);
          EXPECT_LE(chains_.HeightOf(tree), height);
          const Machine machine = MachineOf(tree);
          for (const Piece& run : all) {
            for (const Value value : {run.where.low, run.where.high}) {
              Connection connection;
              Packet packet;
              packet.family = family;
              packet.connection = &connection;
              (translated ? connection.reply_source : packet.source) = value;
              machine.Run("mangle", "INPUT", packet);
              std::string wanted;
              for (std::size_t k = 0; k < 3; ++k) {
                if (run.target == labels_[k]) wanted = policy_.labels[k].context;
              }
              ASSERT_EQ(packet.secmark, wanted) << base::FormatAddress({family, value});
            }
          }
        }
      }
    }
  }
}

TEST_F(SearchTest, WidensToOneNetworkWhereThereIsRoom) {
  const Axis axis = Axis::Peer(Family::kIpv4, FieldsOf({}));
  EXPECT_EQ(axis.Widened({0x0a000003, 0x0a0000f0}, {0x0a000000, 0x0a0001ff}),
            (Interval{0x0a000000, 0x0a0000ff}));
  EXPECT_EQ(axis.Widened({0x0a000003, 0x0a0000f0}, {0x0a000001, 0x0a0001ff}),
            (Interval{0x0a000003, 0x0a0000f0}));
  EXPECT_EQ(axis.Tests({0x0a000003, 0x0a0000f0}),
            std::vector<std::string>{"-m iprange --dst-range 10.0.0.3-10.0.0.240"});
  EXPECT_EQ(axis.Tests({0x0a000003, 0x0a000003}), std::vector<std::string>{"-d 10.0.0.3"});
  EXPECT_EQ(axis.Widened({0, 0xffffffff}, {0, 0xffffffff}), (Interval{0, 0xffffffff}));
}

TEST_F(SearchTest, ChainsWithTheSameRulesAreOne) {
  const Axis axis = Axis::Port(17, FieldsOf({}));
  const auto runs = WithGaps({{{5, 9}, labels_[0]}}, 65535, kReturn);
  const Target first = Search(chains_, 's', axis, runs, 5);
  EXPECT_EQ(Search(chains_, 's', axis, runs, 5), first);
  EXPECT_NE(Search(chains_, 's', axis, WithGaps({{{5, 9}, labels_[0]}}, 65535, labels_[1]), 5), first);
}

}  // namespace
}  // namespace appnet::backend::iptables
