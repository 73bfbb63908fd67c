#include "artifact/flow_table.h"

#include <gtest/gtest.h>

#include "unit/artifact/sample_policy.h"

namespace appnet::artifact {
namespace {

using ir::Field;
using ir::NodeId;

constexpr ir::Value kLast4 = 0xffffffff;

NodeId Node(ir::Policy& policy, Field field, std::vector<ir::Diagram::Edge> edges) {
  return policy.diagram.MakeNode(field, edges);
}

// connect: the proxy's port in 10.0.0.0/8 through eth0; the inherited label for tcp/80. `garbage` nodes are
// made first, so that the numbers of the nodes differ.
ir::Policy WithFlows(bool garbage) {
  ir::Policy policy = SamplePolicy();
  policy.interfaces = flow::InterfaceClasses({"wg*", "eth0"});
  const NodeId miss = policy.diagram.MakeLeaf(ir::kMiss);
  if (garbage) Node(policy, Field::kService, {{17, policy.diagram.MakeLeaf(9)}, {flow::kMaxService, miss}});
  const NodeId proxy = policy.diagram.MakeLeaf(ir::LeafFor(0));
  const NodeId port =
      Node(policy, Field::kService, {{0x60c37, miss}, {0x60c38, proxy}, {flow::kMaxService, miss}});
  const NodeId peer = Node(policy, Field::kPeer, {{0x9ffffff, miss}, {0xaffffff, port}, {kLast4, miss}});
  const NodeId family = Node(policy, Field::kFamily, {{0, peer}, {1, miss}});
  policy.roots[0] = Node(policy, Field::kInterface, {{0, miss}, {1, family}, {3, miss}});
  policy.inherited[0] =
      Node(policy, Field::kService,
           {{0x6004f, miss}, {0x60050, policy.diagram.MakeLeaf(ir::LeafFor(1))}, {flow::kMaxService, miss}});
  return policy;
}

constexpr const char* kTable =
    "appnet flows 1\n"
    "interface \"eth0\"\n"
    "interface \"wg*\"\n"
    "label appnet_proxy_t\n"
    "label http_client_packet_t\n"
    "label appnet_unmatched_t\n"
    "label unlabeled_t\n"
    "service 60c37 0 60c38 1 ffffff 0\n"
    "peer 9ffffff 0 affffff 5 ffffffff 0\n"
    "family 0 6 1 0\n"
    "interface-class 0 0 1 7 3 0\n"
    "service 6004f 0 60050 2 ffffff 0\n"
    "connect 8\n"
    "accept 0\n"
    "forward 0\n"
    "inherit connect 9\n"
    "inherit accept 0\n"
    "inherit forward 0\n";

std::string ErrorOf(const std::string& text) {
  ir::Policy policy = SamplePolicy();
  const base::Status read = ReadFlowTable(text, policy);
  return read.ok() ? "no error" : read.error().message;
}

std::string Changed(std::string_view from, std::string_view to) {
  std::string text = kTable;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(FlowTable, DependsOnTheFunctionsAlone) {
  EXPECT_EQ(FlowTable(WithFlows(false)), kTable);
  EXPECT_EQ(FlowTable(WithFlows(true)), kTable);
}

TEST(FlowTable, GivesBackTheFunctions) {
  const ir::Policy policy = WithFlows(false);
  ir::Policy read = SamplePolicy();
  ASSERT_TRUE(ReadFlowTable(kTable, read).ok());
  EXPECT_EQ(read.interfaces.size(), 4U);
  flow::Flow flow;
  flow.interface = read.interfaces.ClassOf("eth0");
  flow.peer = 0xa000001;
  flow.service = 0x60c38;
  EXPECT_EQ(ir::LabelOf(read, flow), 0U);
  EXPECT_EQ(ir::LabelOf(policy, flow), 0U);
  flow.service = 0x60050;
  EXPECT_EQ(ir::LabelOf(read, flow), 1U);
  flow.service = 0x60051;
  EXPECT_EQ(ir::LabelOf(read, flow), policy.unmatched);
}

TEST(FlowTable, RefusesWhatIsNoDiagram) {
  const std::string no_node = ": this is no node of a flow table";
  EXPECT_EQ(ErrorOf(Changed("60c37 0 60c38 1 ffffff 0", "60c37 0 60c37 1 ffffff 0")), "line 8" + no_node);
  EXPECT_EQ(ErrorOf(Changed("60c38 1 ffffff 0", "60c38 1 fffffe 0")), "line 8" + no_node);
  EXPECT_EQ(ErrorOf(Changed("60c38 1 ffffff 0", "60c38 1 1000000 0")), "line 8" + no_node);
  EXPECT_EQ(ErrorOf(Changed("60c38 1", "60c38 5")), "line 8" + no_node);
  EXPECT_EQ(ErrorOf(Changed("60c38 1", "60C38 1")), "line 8" + no_node);
  EXPECT_EQ(ErrorOf(Changed("60c38 1 ffffff 0", "60c38 1 ffffff")), "line 8" + no_node);
  EXPECT_EQ(ErrorOf(Changed("peer 9ffffff", "service 9ffffff")), "line 9" + no_node);
  EXPECT_EQ(ErrorOf(Changed("family 0 6 1 0", "family 0 0 1 6")), "line 10" + no_node);
  EXPECT_EQ(ErrorOf(Changed("1 7 3 0", "1 6 3 0")), "line 11" + no_node);
  EXPECT_EQ(ErrorOf(Changed("1 7 3 0", "1 7 2 0")), "line 11" + no_node);
  EXPECT_EQ(ErrorOf(Changed("interface-class", "inner")), "line 11: the table's last lines are no roots");
}

TEST(FlowTable, RefusesRootsThatPacketsCannotBeAsked) {
  EXPECT_EQ(ErrorOf(Changed("connect 8", "connect 6")), "line 13: the table's last lines are no roots");
  EXPECT_EQ(ErrorOf(Changed("accept 0", "accept a")), "line 14: the table's last lines are no roots");
  const std::string out = Changed("interface-class 0 0 1 7 3 0", "out 0 0 1 7 3 0");
  EXPECT_EQ(ErrorOf(out), "line 13: the table's last lines are no roots");
}

TEST(FlowTable, RefusesAnyOtherFormOfTheSame) {
  const std::string form = "it is in another form than appnetc writes";
  EXPECT_EQ(ErrorOf(Changed("0 60c38 1", "0 060c38 1")), form);
  EXPECT_EQ(ErrorOf(Changed("9ffffff 0 affffff", "8ffffff 0 9ffffff 0 affffff")), form);
  EXPECT_EQ(ErrorOf(Changed("inherit connect 9", "inherit connect 0")), form);
  EXPECT_EQ(ErrorOf(std::string(kTable) + "\n"), form);
  EXPECT_EQ(ErrorOf(std::string(kTable) + "more\n"), "line 19: text after the end");
  EXPECT_EQ(ErrorOf(Changed("label unlabeled_t\n", "")),
            "line 7: the label `unlabeled_t` of manifest.json is due");
}

}  // namespace
}  // namespace appnet::artifact
