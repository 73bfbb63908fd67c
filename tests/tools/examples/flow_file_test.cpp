#include "tools/examples/flow_file.h"

#include <gtest/gtest.h>

namespace appnet::test {
namespace {

ExpectedFlow One(std::string_view line) {
  const auto flows = ReadFlows(line);
  if (!std::holds_alternative<std::vector<ExpectedFlow>>(flows)) {
    ADD_FAILURE() << std::get<std::string>(flows);
    return {};
  }
  EXPECT_EQ(std::get<std::vector<ExpectedFlow>>(flows).size(), 1U);
  return std::get<std::vector<ExpectedFlow>>(flows).front();
}

TEST(FlowFile, Connect) {
  const ExpectedFlow flow =
      One("# first\n\npass a_t connect tcp/3128 to 10.0.0.7 at 10.0.0.1 via eth0 when x=on and y=off");
  EXPECT_EQ(flow.line, 3U);
  EXPECT_TRUE(flow.passes);
  EXPECT_EQ(flow.domain, "a_t");
  EXPECT_EQ(flow.service, flow::ServiceValue(6, 3128));
  EXPECT_EQ(flow.peer, 0x0a000007U);
  EXPECT_EQ(flow.self, 0x0a000001U);
  EXPECT_EQ(flow.interface, "eth0");
  EXPECT_EQ(flow.booleans, (std::map<std::string, bool>{{"x", true}, {"y", false}}));
}

TEST(FlowFile, PeerAndOwnAddressDependOnTheDirection) {
  const ExpectedFlow accept = One("deny a_t accept udp/53 from 10.0.0.7 via lo");
  EXPECT_FALSE(accept.passes);
  EXPECT_EQ(accept.peer, 0x0a000007U);
  const ExpectedFlow forward = One("pass a_t forward tcp/1 from 10.0.0.1 to 10.0.0.7 via a -> b");
  EXPECT_EQ(forward.peer, 0x0a000007U);
  EXPECT_EQ(forward.self, 0x0a000001U);
  EXPECT_EQ(forward.out, "b");
}

TEST(FlowFile, SixthVersion) {
  const ExpectedFlow flow = One("pass a_t connect icmpv6/echo-request to ::1 via lo");
  EXPECT_EQ(flow.family, flow::Family::kIpv6);
  EXPECT_EQ(flow.service, flow::ServiceValue(58, 128 << 8));
}

TEST(FlowFile, WrongLinesAreNamed) {
  for (const char* line :
       {"pass", "perhaps a_t connect tcp/1 to ::1 via lo", "pass a_t listen tcp/1 to ::1 via lo",
        "pass a_t connect tcp/65536 to ::1 via lo", "pass a_t connect tcp/1x to ::1 via lo",
        "pass a_t connect tcp/1 from ::1 via lo", "pass a_t connect tcp/1 to ::1",
        "pass a_t connect tcp/1 to ::1 via", "pass a_t connect tcp/1 to ::1 at 10.0.0.1 via lo",
        "pass a_t forward tcp/1 from ::1 to ::2 via lo", "pass a_t connect tcp/1 to ::1 via a -> b",
        "pass a_t connect tcp/1 to ::1 via lo when x", "pass a_t connect tcp/1 to 1.2.3 via lo",
        "pass a_t connect tcp/1 to ::1 over lo"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(ReadFlows(line))) << line;
  }
}

}  // namespace
}  // namespace appnet::test
