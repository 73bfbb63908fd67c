// Each lint fires where it should, and nowhere else.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/analyze.h"
#include "base/memory_file_system.h"
#include "parse/parse.h"
#include "sema/check.h"

namespace appnet::analysis {
namespace {

sepolicy::Policy PolicyFrom(std::vector<sepolicy::CilText> texts, bool mls) {
  const base::Result<std::string> image = sepolicy::CompileCil(texts, mls);
  EXPECT_TRUE(image.ok()) << (image.ok() ? "" : image.error().message);
  return std::move(sepolicy::Policy::Read(image.value(), "base")).value();
}

// The reference policy with more CIL in it.
sepolicy::Policy ReferenceWith(const std::string& cil) {
  return PolicyFrom({{"reference.cil", std::string(sepolicy::ReferencePolicySource())}, {"more.cil", cil}},
                    true);
}

const sepolicy::Policy& ReferencePolicy() {
  static const sepolicy::Policy kPolicy = ReferenceWith("");
  return kPolicy;
}

// A policy whose domains are those that a role may have, and no attribute holds them.
sepolicy::Policy WithoutDomainAttribute() {
  return PolicyFrom({{"small.cil", R"(
(class process (fork)) (class packet (send recv relabelto forward_in forward_out)) (classorder (process packet))
(sid kernel) (sid security) (sid unlabeled) (sidorder (kernel security unlabeled))
(sensitivity s0) (sensitivityorder (s0)) (role object_r) (role system_r) (user sys_u)
(userrole sys_u object_r) (userrole sys_u system_r) (userlevel sys_u (s0)) (userrange sys_u ((s0) (s0)))
(type kernel_t) (type unlabeled_t) (type mozilla_t)
(roletype system_r kernel_t) (roletype system_r mozilla_t) (roletype object_r unlabeled_t)
(allow kernel_t unlabeled_t (packet (relabelto)))
(sidcontext kernel (sys_u system_r kernel_t ((s0) (s0))))
(sidcontext security (sys_u object_r unlabeled_t ((s0) (s0))))
(sidcontext unlabeled (sys_u object_r unlabeled_t ((s0) (s0)))))"}},
                    false);
}

struct Analyzed {
  std::unique_ptr<source::SourceMap> sources = std::make_unique<source::SourceMap>();
  std::vector<diag::Diagnostic> warnings;

  // "kind: span text", in order.
  std::vector<std::string> Kinds() const {
    std::vector<std::string> kinds;
    for (const diag::Diagnostic& warning : warnings) {
      kinds.push_back(std::string(diag::SlugOf(warning.kind)) + ": " +
                      (warning.span ? std::string(sources->Text(*warning.span)) : "(none)"));
    }
    return kinds;
  }
};

Analyzed AnalyzeText(const std::string& text, const sepolicy::Policy& base) {
  Analyzed analyzed;
  diag::Emitter emitter;
  const base::MemoryFileSystem files({{"/p.appnet", text}});
  std::vector<ast::File> roots;
  roots.push_back(parse::Parse(*analyzed.sources, analyzed.sources->Add("/p.appnet", text), emitter));
  const std::optional<sema::Program> program =
      sema::Check(roots, *analyzed.sources, files, base, {}, emitter);
  EXPECT_TRUE(program.has_value());
  EXPECT_TRUE(emitter.Sorted().empty());
  if (program) Analyze(*program, base, emitter);
  EXPECT_FALSE(emitter.HasErrors());
  analyzed.warnings = emitter.Sorted();
  return analyzed;
}

Analyzed AnalyzeBody(const std::string& body, const sepolicy::Policy& base = ReferencePolicy()) {
  return AnalyzeText("policy p; unmatched deny;\n" + body, base);
}

using Kinds = std::vector<std::string>;

TEST(NameConnect, OnlyWhereNoPortOfTheRuleIsAllowed) {
  EXPECT_EQ(AnalyzeBody("domain ssh_t { connect tcp/443; }").Kinds(),
            Kinds{"name-connect-denied: connect tcp/443"});
  EXPECT_EQ(AnalyzeBody("domain ssh_t { connect tcp/22; }").Kinds(), Kinds{});
  EXPECT_EQ(AnalyzeBody("domain ssh_t { connect tcp/20-30; }").Kinds(), Kinds{});  // 22 is among them
  EXPECT_EQ(AnalyzeBody("domain ssh_t { connect any; }").Kinds(), Kinds{});
  EXPECT_EQ(AnalyzeBody("domain ssh_t { connect udp/443; }").Kinds(), Kinds{});  // UDP has no such check
  // Under some setting of a boolean it may.
  EXPECT_EQ(AnalyzeBody("domain httpd_t { connect tcp/25; }").Kinds(), Kinds{});
  // A label block grants nothing, and routed traffic has no sockets here.
  EXPECT_EQ(AnalyzeBody("label ssh_client_packet_t { connect tcp/443; }").Kinds(), Kinds{});
  EXPECT_EQ(AnalyzeBody("forward tcp/443 as ssh_t;").Kinds(), Kinds{});
}

TEST(NameConnect, NamesEachDomainOnceAndWhatItNeeds) {
  const Analyzed analyzed = AnalyzeBody(
      "domain ssh_t, mozilla_t { connect tcp/25 to 10.0.0.1; }\ndomain ssh_t { connect tcp/25 to 10.0.0.2; "
      "}");
  ASSERT_EQ(analyzed.warnings.size(), 1U);
  ASSERT_EQ(analyzed.warnings[0].helps.size(), 2U);
  EXPECT_NE(analyzed.warnings[0].helps[0].find("(allow mozilla_t smtp_port_t (tcp_socket (name_connect)))"),
            std::string::npos);
}

TEST(NameBind, OnlyForPortsThatTheKernelAsksFor) {
  EXPECT_EQ(AnalyzeBody("domain sshd_t { accept tcp/80; }").Kinds(),
            Kinds{"name-bind-denied: accept tcp/80"});
  EXPECT_EQ(AnalyzeBody("domain sshd_t { accept tcp/22; }").Kinds(), Kinds{});
  EXPECT_EQ(AnalyzeBody("domain ntpd_t { accept udp/514; }").Kinds(),
            Kinds{"name-bind-denied: accept udp/514"});
  // Local ports are bound without asking.
  EXPECT_EQ(AnalyzeBody("domain sshd_t { accept tcp/40000-50000; }").Kinds(), Kinds{});
  EXPECT_EQ(AnalyzeBody("domain sshd_t { accept any; }").Kinds(), Kinds{});
}

TEST(NodeBind, OnlyWhereTheDomainMayBindNoAddress) {
  const sepolicy::Policy base = ReferenceWith(
      "(type nonode_t) (roletype system_r nonode_t) (typeattributeset domain nonode_t)\n"
      "(allow nonode_t self (tcp_socket (create bind listen accept)))\n"
      "(allow nonode_t ssh_port_t (tcp_socket (name_bind)))");
  EXPECT_EQ(AnalyzeBody("domain nonode_t { accept tcp/22; }", base).Kinds(),
            Kinds{"node-bind-denied: accept tcp/22"});
  EXPECT_EQ(AnalyzeBody("domain sshd_t { accept tcp/22; }", base).Kinds(), Kinds{});
  EXPECT_EQ(AnalyzeBody("domain nonode_t { accept icmp/timestamp-request; }", base).Kinds(), Kinds{});
}

TEST(Sockets, WhatTheDomainMustHaveOfItsOwn) {
  EXPECT_EQ(AnalyzeBody("domain getty_t { connect udp/53; }").Kinds(),
            Kinds{"socket-denied: connect udp/53"});
  EXPECT_EQ(AnalyzeBody("domain mozilla_t { connect udp/53; }").Kinds(), Kinds{});
  const sepolicy::Policy base = ReferenceWith(
      "(type client_t) (roletype system_r client_t) (typeattributeset domain client_t)\n"
      "(allow client_t self (tcp_socket (create connect bind)))\n"
      "(allow client_t ssh_port_t (tcp_socket (name_connect name_bind)))\n"
      "(allow client_t node_t (tcp_socket (node_bind)))");
  EXPECT_EQ(AnalyzeBody("domain client_t { connect tcp/22; }", base).Kinds(), Kinds{});
  const Analyzed server = AnalyzeBody("domain client_t { accept tcp/22; }", base);
  ASSERT_EQ(server.Kinds(), Kinds{"socket-denied: accept tcp/22"});
  EXPECT_NE(server.warnings[0].helps.at(0).find("(allow client_t self (tcp_socket (listen accept)))"),
            std::string::npos);
}

TEST(Permissive, WithAndWithoutARule) {
  const sepolicy::Policy base = ReferenceWith("(typepermissive mozilla_t) (typepermissive ssh_t)");
  const Analyzed analyzed = AnalyzeBody("domain mozilla_t { connect tcp/443; connect tcp/80; }", base);
  EXPECT_EQ(analyzed.Kinds(), (Kinds{"permissive-domain: connect tcp/443", "permissive-domain: (none)"}));
  EXPECT_NE(analyzed.warnings[1].message.find("`ssh_t`"), std::string::npos);
  EXPECT_EQ(AnalyzeBody("domain mozilla_t { connect tcp/443; }").Kinds(), Kinds{});
}

TEST(Permissive, PeersOfWhatIsForwarded) {
  const sepolicy::Policy base = ReferenceWith("(typepermissive unlabeled_t)");
  EXPECT_EQ(AnalyzeBody("domain mozilla_t { connect tcp/443; }", base).Kinds(), Kinds{});
  EXPECT_EQ(AnalyzeBody("forward tcp/443;", base).Kinds(), Kinds{"permissive-domain: forward tcp/443"});
  const Analyzed others = AnalyzeBody("forward tcp/443 as mozilla_t;", base);
  EXPECT_EQ(others.Kinds(), Kinds{"permissive-domain: (none)"});
  EXPECT_NE(others.warnings[0].message.find("`unlabeled_t`"), std::string::npos);
}

TEST(InvalidIcmp, TypesThatOpenNoFlow) {
  EXPECT_EQ(AnalyzeBody("domain ping_t { connect icmp/echo-reply; }").Kinds(),
            Kinds{"invalid-icmp-flow: connect icmp/echo-reply"});
  EXPECT_EQ(AnalyzeBody("domain ping_t { connect icmpv6/packet-too-big; }").Kinds(),
            Kinds{"invalid-icmp-flow: connect icmpv6/packet-too-big"});
  for (const char* fine :
       {"icmp/echo-request", "icmp/*", "icmpv6/echo-request", "icmpv6/neighbor-solicitation",
        "icmpv6/mld2-listener-report", "icmp/timestamp-request", "tcp/22"}) {
    EXPECT_EQ(AnalyzeBody("domain ssh_t { connect " + std::string(fine) + "; }").Kinds(), Kinds{}) << fine;
  }
}

TEST(EnforceAlways, ArmsChecksThatTheDomainFails) {
  const std::string body = "domain mozilla_t { connect tcp/443; }";
  EXPECT_EQ(AnalyzeBody(body).Kinds(), Kinds{});
  EXPECT_EQ(AnalyzeBody("enforce always;" + body).Kinds(), Kinds{"peer-recv-missing: connect tcp/443"});
  const sepolicy::Policy base = ReferenceWith(
      "(allow mozilla_t unlabeled_t (peer (recv))) (allow unlabeled_t netif_t (netif (ingress)))\n"
      "(allow unlabeled_t node_t (node (recvfrom)))");
  EXPECT_EQ(AnalyzeBody("enforce always;" + body, base).Kinds(), Kinds{});
}

TEST(EnforceAlways, ArmsChecksOfForwardedPackets) {
  const std::string body = "forward tcp/443 to 10.0.0.1;";
  EXPECT_EQ(AnalyzeBody(body).Kinds(), Kinds{});
  EXPECT_EQ(AnalyzeBody("enforce always;" + body).Kinds(),
            Kinds{"peer-recv-missing: forward tcp/443 to 10.0.0.1"});
  const sepolicy::Policy base = ReferenceWith(
      "(allow unlabeled_t netif_t (netif (ingress egress))) (allow unlabeled_t node_t (node (recvfrom "
      "sendto)))");
  EXPECT_EQ(AnalyzeBody("enforce always;" + body, base).Kinds(), Kinds{});
}

TEST(NoDomainAttribute, MattersToAuditAlone) {
  const sepolicy::Policy base = WithoutDomainAttribute();
  EXPECT_EQ(AnalyzeText("policy p; unmatched audit;", base).Kinds(), Kinds{"no-domain-attribute: (none)"});
  EXPECT_EQ(AnalyzeText("policy p; unmatched deny; unmatched forward audit;", base).Kinds(),
            Kinds{"no-domain-attribute: (none)"});
  EXPECT_EQ(AnalyzeText("policy p; unmatched deny;", base).Kinds(), Kinds{});
  EXPECT_EQ(AnalyzeText("policy p; unmatched audit;", ReferencePolicy()).Kinds(), Kinds{});
}

}  // namespace
}  // namespace appnet::analysis
