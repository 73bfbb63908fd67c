// The module's text, changed in one way at a time: the reader notices each.
#include <gtest/gtest.h>

#include "backend/cil/emit.h"
#include "unit/lower/lowered.h"
#include "verify/cil_statements.h"
#include "verify/module_check.h"

namespace appnet::verify {
namespace {

using Text = std::string;

constexpr const char* kBody =
    "boolean guests = false;\n"
    "domain mozilla_t { connect tcp/443 to 10.0.0.0/8; if guests and not squid_connect_any { connect tcp/80; "
    "} }\n"
    "domain sshd_t { audit accept tcp/22; }\n"
    "forward tcp/443 as mozilla_t;\n"
    "unmatched forward audit;\n"
    "enforce always;\n";

const ir::Policy& Sample() {
  static const lower::Lowered kLowered = lower::LowerText("policy p; unmatched audit;\n" + Text(kBody));
  return *kLowered.policy;
}
Text Module() { return backend::cil::Emit(Sample()).bytes; }

Text Replaced(Text text, const Text& from, const Text& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, Text::npos) << from << "\n" << text;
  if (at != Text::npos) text.replace(at, from.size(), to);
  return text;
}

Text Joined(const std::vector<Text>& lines) {
  Text text;
  for (const Text& line : lines) text += line + "\n";
  return text;
}

void ExpectNoticed(const Text& text, const Text& says) {
  const Text said = Joined(CheckModule(text, Sample()));
  EXPECT_NE(said.find(says), Text::npos) << "wanted: " << says << "\nsaid: " << said;
}

TEST(Module, SaysWhatThePolicySays) { EXPECT_EQ(Joined(CheckModule(Module(), Sample())), ""); }

TEST(Module, EveryStatementCounts) {
  const Text text = Module();
  std::size_t dropped = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin) + 1;
    const Text line = text.substr(begin, end - begin);
    const std::size_t first = std::min(line.find_first_not_of("\t\n"), line.size());
    if (first < line.size() && line[first] == '(' && line.find(')') != Text::npos) {
      EXPECT_FALSE(CheckModule(text.substr(0, begin) + text.substr(end), Sample()).empty()) << line;
      ++dropped;
    }
    begin = end;
  }
  EXPECT_GT(dropped, 40U);
}

TEST(Module, AnotherDomainIsNamed) {
  ExpectNoticed(
      Replaced(Module(), "(allow sshd_t ", "(allow ssh_t "),
      "`ssh_t` may `recv` on `appnet_sshd_b612ae06cf33_packet_t`: always, but the policy says never");
}

TEST(Module, AnotherPermissionIsNamed) {
  ExpectNoticed(
      Replaced(Module(), "appnet_transit_t (packet (forward_in)", "appnet_transit_t (packet (forward_out)"),
      "may `forward_out` on `appnet_transit_t`: always, but the policy says never");
}

TEST(Module, AnExtraAllowIsNamed) {
  ExpectNoticed(Module() + "(allow unconfined_t appnet_mozilla_packet_t (packet (recv)))\n",
                "`unconfined_t` may `recv` on `appnet_mozilla_packet_t`: always, but the policy says never");
  ExpectNoticed(Module() + "(allow mozilla_t http_client_packet_t (packet (send)))\n",
                "`mozilla_t` may `send` on `http_client_packet_t`: always, but the policy says never");
  ExpectNoticed(
      Module() + "(auditallow mozilla_t appnet_mozilla_packet_t (packet (send)))\n",
      "`mozilla_t` is logged for `send` on `appnet_mozilla_packet_t`: always, but the policy says never");
}

TEST(Module, AnotherConditionIsNamed) {
  ExpectNoticed(Replaced(Module(), "(not squid_connect_any)", "squid_connect_any"),
                ": guests and squid_connect_any, but the policy says guests and not squid_connect_any");
  ExpectNoticed(
      Replaced(Module(), "(and guests (not squid_connect_any))", "(or guests (not squid_connect_any))"),
      ": guests or not squid_connect_any, but the policy says guests and not squid_connect_any");
  const Text text = Module();
  const std::size_t at = text.find("(booleanif (and");
  ExpectNoticed(text.substr(0, at) + Replaced(text.substr(at), "(true", "(false"),
                ": not guests or squid_connect_any, but the policy says guests and not squid_connect_any");
}

TEST(Module, AConditionInOtherWordsIsTheSame) {
  EXPECT_EQ(Joined(CheckModule(Replaced(Module(), "(and guests (not squid_connect_any))",
                                        "(not (or squid_connect_any (not guests)))"),
                               Sample())),
            "");
}

TEST(Module, DeclarationsAreCompared) {
  ExpectNoticed(Replaced(Module(), "(boolean guests false)", "(boolean guests true)"),
                "the boolean `guests` is true, but the policy says false");
  ExpectNoticed(Replaced(Module(), "(policycap always_check_network)", "(policycap open_perms)"),
                "the policy capability `always_check_network` is missing");
  ExpectNoticed(Module() + "(type more_t)(roletype object_r more_t)",
                "the type `more_t` is not the policy's");
  ExpectNoticed(Replaced(Module(), "(typeattributeset appnet_kernel (kernel_t))",
                         "(typeattributeset appnet_kernel (kernel_t init_t))"),
                "the attribute `appnet_kernel` is (init_t kernel_t), but the policy says (kernel_t)");
}

TEST(Module, UnknownWordsAreRefused) {
  const std::pair<Text, Text> cases[] = {
      {"(typeattributeset packet_type (appnet_mozilla_packet_t))", "adds to `packet_type`"},
      {"(typepermissive mozilla_t)", "`typepermissive` is no statement"},
      {"(optional o (allow mozilla_t appnet_mozilla_packet_t (packet (send))))",
       "`optional` is no statement"},
      {"(dontaudit mozilla_t appnet_mozilla_packet_t (packet (send)))", "`dontaudit` is no statement"},
      {"(allow mozilla_t appnet_mozilla_packet_t (peer (recv)))", "no rule on packets"},
      {"(allow mozilla_t self (packet (recv)))", "no rule on packets"},
      {"(allow mozilla_t appnet_mozilla_packet_t (packet (all)))", "`all` is no permission"},
      {"(allow mozilla_t appnet_mozilla_packet_t (packet (send (not recv))))", "no permission"},
      {"(booleanif guests (true (booleanif guests (true))))", "`booleanif` is no statement"},
      {"(booleanif (xor guests guests) (true))", "no condition"},
      {"(booleanif guests (true) (true))", "is there twice"},
      {"(typeattributeset appnet_loader (not (kernel_t)))", "a member that is no type"},
      {"(typeattributeset appnet_loader (domain))", "a member that is no type"},
      {"(boolean guests false)", "`guests` is declared twice"},
      {"(type appnet_transit_t)", "`appnet_transit_t` is declared twice"},
      {"(boolean other maybe)", "no value of a boolean"},
      {"(type more_t)", "the type `more_t` has no role"},
      {"(roletype system_r appnet_transit_t)", "a role that no packet type needs"},
      {"()", "`` is no statement"},
      {"(type)", "not followed by"},
      {"(((", "a `(` is not closed"},
      {")", "a `)` too many"},
      {"type", "a word outside every statement"},
      {"(type \"a\")", "a character that no module of ours has"},
      {Text("(type a\0b)", 10), "a character that no module of ours has"},
      {"(type \xc3\xa4)", "a character that no module of ours has"},
  };
  for (const auto& [statement, says] : cases) {
    const std::vector<Text> said = CheckModule(Module() + statement, Sample());
    ASSERT_EQ(said.size(), 1U) << statement << "\n" << Joined(said);
    EXPECT_NE(said[0].find(says), Text::npos) << said[0];
  }
}

TEST(Module, DeepTextIsRefused) {
  const std::vector<Text> said = CheckModule(Text(1'000'000, '('), Sample());
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0], "line 1: lists nest too deep");
  Text condition = "guests";
  for (int i = 0; i < 1500; ++i) condition = "(or " + condition + " guests)";
  EXPECT_TRUE(CheckModule(Module() + "(booleanif " + condition + " (true))", Sample()).empty());
  // Whatever the order of variables, (a0 and b0) or (a1 and b1) or ... is large when the a's come first.
  Text order = "b0", pairs = "(and a0 b0)";
  for (int i = 1; i < 40; ++i) {
    const Text number = std::to_string(i);
    order = "(and " + order + " a" + number + ")";
    pairs = "(or " + pairs + " (and a" + number + " b" + number + "))";
  }
  const std::vector<Text> large =
      CheckModule(Module() + "(booleanif (or (and " + order + " a0) " + pairs + ") (true))", Sample());
  ASSERT_EQ(large.size(), 1U);
  EXPECT_TRUE(large[0].ends_with("a condition of more booleans than a module of ours has")) << large[0];
}

TEST(CilStatements, HaveLines) {
  const auto forest = ReadCilStatements("; one\n(a b)\n\n(c\n (d))");
  ASSERT_TRUE(forest.ok());
  const std::vector<CilTree>& statements = forest.value().statements;
  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0].line, 2U);
  EXPECT_EQ(statements[1].children[1].line, 5U);
  EXPECT_EQ(statements[1].Head(), "c");
}

}  // namespace
}  // namespace appnet::verify
