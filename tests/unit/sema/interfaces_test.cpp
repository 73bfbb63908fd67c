#include "unit/sema/checked.h"

namespace appnet::sema {
namespace {

using diag::Kind;

TEST(Interfaces, ClassesOfWhatRulesUse) {
  const Checked checked = CheckBody(
      "interface lan = \"eth0\", \"enp*\"; interface unused = \"wlan0\", \"wl*\";"
      "domain sshd_t { connect any via lan; accept any via lan except \"enp3s0\"; connect any via \"lo\"; }");
  ExpectClean(checked);
  const flow::InterfaceClasses& classes = checked.program->interfaces;
  EXPECT_EQ(Text(classes.Any(), classes), "lo enp3s0 eth0 enp* (other)");
  EXPECT_EQ(Text(checked.rule(0).region.interfaces, classes), "enp3s0 eth0 enp*");
  EXPECT_EQ(Text(checked.rule(1).region.interfaces, classes), "eth0 enp*");
  EXPECT_EQ(Text(checked.rule(2).region.interfaces, classes), "lo");
}

TEST(Interfaces, WithoutPatternsThereAreTwoClasses) {
  const Checked checked = CheckBody("interface i = \"eth0\", \"eth*\"; domain sshd_t { connect any; }");
  ExpectClean(checked);
  EXPECT_EQ(checked.program->interfaces.size(), 2U);
  EXPECT_EQ(checked.rule(0).region.interfaces, checked.program->interfaces.Any());
  EXPECT_TRUE(checked.rule(0).region.out.empty());
}

TEST(Interfaces, NarrowerPatternsThatNobodyTellsApartGo) {
  const Checked checked = CheckBody(
      "domain sshd_t { connect any via \"e*\", \"eth*\", \"eth0\"; accept any via any except \"lo\"; }");
  ExpectClean(checked);
  const flow::InterfaceClasses& classes = checked.program->interfaces;
  EXPECT_EQ(Text(classes.Any(), classes), "lo e* (other)");
  EXPECT_EQ(Text(checked.rule(0).region.interfaces, classes), "e*");
  EXPECT_EQ(Text(checked.rule(1).region.interfaces, classes), "e* (other)");
}

TEST(Interfaces, PatternsOfAssertionsCount) {
  const Checked checked = CheckBody(
      "domain sshd_t { connect any via \"eth*\"; } assert mozilla_t cannot connect any via \"eth7\";");
  ExpectClean(checked);
  EXPECT_EQ(Text(checked.program->assertions[0].region.interfaces, checked.program->interfaces), "eth7");
}

TEST(Interfaces, BothSidesOfForward) {
  const Checked checked = CheckBody("forward any via \"lan0\" -> \"wan0\"; forward any;");
  ExpectClean(checked);
  const flow::InterfaceClasses& classes = checked.program->interfaces;
  EXPECT_EQ(Text(checked.rule(0).region.interfaces, classes), "lan0");
  EXPECT_EQ(Text(checked.rule(0).region.out, classes), "wan0");
  EXPECT_EQ(checked.rule(1).region.out, classes.Any());
}

TEST(Interfaces, Mistakes) {
  const auto only = [](const std::string& name, const std::string& message, const std::string& help = "") {
    SCOPED_TRACE(name);
    ExpectOnly(CheckBody("interface i = \"" + name + "\";"), Kind::kBadInterfaceName, "\"" + name + "\"",
               message, help);
  };
  only("*", "`*` alone is no interface name", "write `any` for every interface");
  only("", "an interface name can't be empty");
  only("..", "the kernel has no interface `..`");
  only("e*0", "a star stands at the end of an interface name only", "write \"e*\", or name each interface");
  only("e**", "a star stands at the end of an interface name only");
  only("abcdefghijklmno*", "the interface name has 16 bytes, and the kernel takes 15");
  only("abcdefghijklmnop", "the interface name has 16 bytes, and the kernel takes 15");
  const std::string letters =
      "an interface name has no slash, no colon, no white space and no control characters";
  only("eth0/1", letters);
  only("eth0:1", letters);
  only("eth 0", letters);
  ExpectClean(CheckBody("interface i = \"abcdefghijklmno\", \"abcdefghijklmn*\", \"br-lan.100\";"));
  ExpectOnly(CheckBody("interface i = 10.0.0.1;"), Kind::kWrongNameKind, "10.0.0.1",
             "an address stands where an interface is wanted");
  ExpectOnly(CheckBody("interface i = \"eth0\" except \"eth*\";"), Kind::kEmptySet,
             "\"eth0\" except \"eth*\"", "the set is empty");
}

}  // namespace
}  // namespace appnet::sema
