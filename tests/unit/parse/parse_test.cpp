// Correct texts: what tree they give.

#include "parse/parse.h"

#include <gtest/gtest.h>

#include "ast/equal.h"
#include "unit/parse/parsing.h"

namespace appnet::parse {
namespace {

// The statement printed alone, to see how it was understood.
std::string Understood(const std::string& text) {
  const Parsed parsed(text);
  EXPECT_EQ(parsed.Messages(), "") << text;
  return parsed.Printed();
}

void ExpectUnchanged(const std::string& text) { EXPECT_EQ(Understood(text), text); }

TEST(Parse, EveryStatement) {
  ExpectUnchanged("policy workstation;\n");
  ExpectUnchanged("library std.hosts-2;\n");
  ExpectUnchanged("import std.services;\nimport \"site/hosts.appnet\";\n");
  ExpectUnchanged("host proxy = 10.20.0.7, 2001:db8:20::7;\n");
  ExpectUnchanged("host a = 10.0.0.0/8 except 10.1.0.0/16, b, (any except c);\n");
  ExpectUnchanged("interface lan = \"eth0\", \"enp*\", other, any;\n");
  ExpectUnchanged("service s = tcp/443, udp/5000-5100, sctp/*, dccp/1, udplite/2, ip/47, services.http;\n");
  ExpectUnchanged("service s = icmp/echo-request, icmpv6/128, icmp/*, icmp/3:1, icmp/redirect:0;\n");
  ExpectUnchanged("group browsers = mozilla_t, chromium_t, my-app.t;\n");
  ExpectUnchanged("boolean browser_direct = false;\nboolean b = true;\n");
  ExpectUnchanged(
      "unmatched inherit;\nunmatched base;\nunmatched deny;\nunmatched audit;\nunmatched forward audit;\n");
  ExpectUnchanged("unmatched nonsense;\n");
  ExpectUnchanged("enforce always;\n");
  ExpectUnchanged("connect any;\n");
  ExpectUnchanged("connect a, b to c, d at e, f via g, h except i;\n");
  ExpectUnchanged("audit accept ssh from any at 10.0.0.1 via \"lo\";\n");
  ExpectUnchanged("forward https from a to b via lan -> \"wan0\" as peer_t;\n");
  ExpectUnchanged("audit forward any;\n");
  ExpectUnchanged("assert only browsers can connect squid to proxy via lan;\n");
  ExpectUnchanged("assert a, b cannot accept any;\nassert domain_attribute except a can forward any;\n");
  ExpectUnchanged("use t(a, 10.0.0.0/8, (tcp/1, tcp/2), any except b);\nuse lib.t();\n");
}

TEST(Parse, EveryBlock) {
  ExpectUnchanged("domain a, b except c {\n    connect any;\n}\n");
  ExpectUnchanged("domain a {\n}\n");
  ExpectUnchanged("label http_client_packet_t {\n    connect tcp/80;\n    forward any;\n}\n");
  ExpectUnchanged(
      "template t(domain d, host h, service s, interface i) {\n    domain d {\n        connect s to h via "
      "i;\n    }\n}\n");
  ExpectUnchanged("template t() {\n}\n");
  ExpectUnchanged(
      "if a {\n    forward any;\n} else if not b and (c or d) {\n    domain x {\n    }\n} else {\n    "
      "connect y;\n}\n");
  ExpectUnchanged("@owner(\"net team\")\n@expires(\"2027-01-31\")\nforward any;\n");
  ExpectUnchanged("domain a {\n    @ticket(\"\")\n    connect any;\n}\n");
}

TEST(Parse, Conditions) {
  ExpectUnchanged("if a or b and not c {\n}\n");
  ExpectUnchanged("if (a or b) and not (c and d) {\n}\n");
  ExpectUnchanged("if (a and b) and c {\n}\n");
  ExpectUnchanged("if not not true or false {\n}\n");
  EXPECT_EQ(Understood("if ((a)) or ((b and c)) { }"), "if a or b and c {\n}\n");
}

TEST(Parse, Addresses) {
  ExpectUnchanged(
      "host a = fe80::1, ff00::/8, ::ffff:1.2.3.4, ::, ::1, abcd::-abcd::ff, beef:1:2:3:4:5:6:7;\n");
  ExpectUnchanged("host a = 10.0.0.1-10.0.0.9, fe80::1-fe80::9, 1::-1.2.3.4;\n");
  EXPECT_EQ(Understood("host a=10.0.0.1 - 10.0.0.9,10.0.0.0 / 8;"),
            "host a = 10.0.0.1-10.0.0.9, 10.0.0.0/8;\n");
  const Parsed parsed("host a = fe80::1-fe80::9;");
  const auto& set = std::get<ast::HostDeclaration>(parsed.file.statements.at(0).what).set;
  const auto& address = std::get<ast::AddressItem>(set.items.at(0).what);
  EXPECT_EQ(address.first, "fe80::1");
  EXPECT_EQ(address.last, "fe80::9");
}

TEST(Parse, WordsNeedNoSpaces) {
  EXPECT_EQ(Understood("forward any via lan->\"wan0\";"), "forward any via lan -> \"wan0\";\n");
  EXPECT_EQ(Understood("forward any via any->wan-1 as x;"), "forward any via any -> wan-1 as x;\n");
  EXPECT_EQ(Understood("host to-day=any;#c\nhost any.x=any;"), "host to-day = any;\nhost any.x = any;\n");
}

TEST(Parse, ReservedWordsMayBePartsOfNames) {
  ExpectUnchanged("group only_t = tcp_t, domain_type, ip-x, std.any;\n");
}

TEST(Parse, FilesOfNothing) {
  EXPECT_EQ(Understood(""), "");
  EXPECT_EQ(Understood("\n\n  \t\r\n"), "");
  EXPECT_EQ(Understood("# only a comment, without a line break"), "");
  EXPECT_EQ(Understood("# \u65E5\u672C\n#\n"), "");
  EXPECT_EQ(Understood("\xEF\xBB\xBF"), "");
}

TEST(Parse, SpansAreExact) {
  const std::string text = "# \u00E9\u00E9\n@owner(\"\u00FC\") audit connect tcp/1 to x; host h = (a, b);";
  for (const std::string& mark : {std::string(), std::string("\xEF\xBB\xBF")}) {
    const Parsed parsed(mark + text);
    ASSERT_EQ(parsed.Messages(), "");
    ASSERT_EQ(parsed.file.statements.size(), 2U);
    const ast::Statement& first = parsed.file.statements[0];
    EXPECT_EQ(parsed.sources.Text(first.span), "audit connect tcp/1 to x;");
    EXPECT_EQ(parsed.sources.Text(first.annotations.at(0).span), "@owner(\"\u00FC\")");
    EXPECT_EQ(parsed.sources.Text(first.annotations.at(0).value_span), "\"\u00FC\"");
    EXPECT_EQ(first.annotations.at(0).value, "\u00FC");
    const auto& rule = std::get<ast::Rule>(first.what);
    EXPECT_EQ(parsed.sources.Text(rule.span), "audit connect tcp/1 to x");
    EXPECT_EQ(parsed.sources.Text(rule.services->items.at(0).span), "tcp/1");
    EXPECT_EQ(rule.annotations.size(), 1U);
    const auto& host = std::get<ast::HostDeclaration>(parsed.file.statements[1].what);
    EXPECT_EQ(parsed.sources.Text(host.set.span), "(a, b)");
    EXPECT_EQ(parsed.sources.Text(host.name.span), "h");
  }
}

TEST(Parse, LongChainsAreFlat) {
  std::string condition = "a";
  std::string set = "h0";
  for (int i = 1; i < 100000; ++i) {
    condition += i % 2 == 0 ? " or a" : " and a";
    set += ", h" + std::to_string(i);
  }
  const Parsed parsed("if " + condition + " { }\nhost x = " + set + ";\n");
  EXPECT_EQ(parsed.Messages(), "");
  EXPECT_EQ(std::get<ast::HostDeclaration>(parsed.file.statements.at(1).what).set.items.size(), 100000U);
  EXPECT_EQ(std::get<ast::IfBlock>(parsed.file.statements.at(0).what).condition->operands.size(), 50000U);
}

TEST(Parse, NestingUpToTheLimitWorks) {
  const auto times = [](const std::string& text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
  };
  for (const std::string& text :
       {"host x = " + times("(", kMaxNesting) + "a" + times(")", kMaxNesting) + ";",
        "if " + times("not ", kMaxNesting) + "a { }",
        "if " + times("(not ", kMaxNesting / 2) + "a" + times(")", kMaxNesting / 2) + " { }",
        times("if a { ", kMaxNesting) + times("}", kMaxNesting),
        times("if a { } else ", kMaxNesting - 1) + "if a { }",
        times("if a { } else { ", kMaxNesting - 1) + times("}", kMaxNesting - 1)}) {
    const Parsed parsed(text);
    EXPECT_EQ(parsed.Messages(), "");
    EXPECT_EQ(parsed.file.statements.size(), 1U);
    const Parsed again(parsed.Printed());
    EXPECT_EQ(again.Messages(), "");
    EXPECT_TRUE(ast::Equal(parsed.file, again.file));
  }
}

TEST(Parse, Questions) {
  const auto ask = [](std::string text) {
    source::SourceMap sources;
    diag::Emitter emitter;
    const auto question = ParseQuestion(sources, sources.Add("question", std::move(text)), emitter);
    EXPECT_NE(question.has_value(), emitter.HasErrors());
    if (!question) return "error: " + emitter.Sorted().front().message;
    std::string out = std::to_string(static_cast<int>(question->kind));
    if (question->domains) out += " " + ast::Print(*question->domains);
    if (question->rule) out += " " + ast::Print(*question->rule);
    return out + " " + std::to_string(static_cast<int>(question->direction));
  };
  EXPECT_EQ(ask("who can connect tcp/443 to 10.0.0.1 via \"eth0\""),
            "0 connect tcp/443 to 10.0.0.1 via \"eth0\" 0");
  EXPECT_EQ(ask("mozilla_t, x can accept squid;"), "1 mozilla_t, x accept squid 1");
  EXPECT_EQ(ask("what can mozilla_t forward"), "2 mozilla_t 2");
  EXPECT_EQ(ask("what can connect x"), "error: this is no question");
  EXPECT_EQ(ask("a can b connect"), "error: this is no question");
  EXPECT_EQ(ask("a can connect x y"), "error: expected nothing more after `x`, found `y`");
  for (const char* empty : {"", " \n", "# why"}) EXPECT_EQ(ask(empty), "error: the sentence is empty");
  EXPECT_EQ(ask("who can"),
            "error: expected a rule or a domain set after `can`, found the end of the sentence");
  EXPECT_EQ(ask("a can forward x as b"), "1 a forward x as b 2");
  EXPECT_EQ(ask("who can forward x as b"),
            "error: `who` asks for the label of the peers, and `as` names one");
  EXPECT_EQ(ask("who can \xff"), "error: the sentence is not UTF-8 text: byte 0xFF");
}

// The texts of the documentation and the examples parse, and print to the same tree.
TEST(Parse, TheLanguageAtAGlance) {
  const Parsed parsed(R"(# Only the browser may use the company proxy, and only over the LAN.
policy workstation;

import std.services;

interface lan      = "eth0", "enp*";
host      proxy    = 10.20.0.7, 2001:db8:20::7;
host      intranet = 10.20.0.0/16 except 10.20.66.0/24;
service   squid    = tcp/3128, tcp/8080;
group     browsers = mozilla_t, chromium_t;
boolean   browser_direct = false;

domain browsers {
    connect squid to proxy via lan;
    connect dns to intranet;
    if browser_direct {
        connect https to any except intranet;
    }
}

domain sshd_t {
    accept ssh from intranet via lan;
    audit accept ssh from 10.20.66.0/24;      # granted, and every packet logged
}

forward https from intranet to any via lan -> "wan0";

unmatched inherit;

assert only browsers can connect squid to proxy via lan;
assert sshd_t cannot connect squid to proxy via lan;
)");
  EXPECT_EQ(parsed.Messages(), "");
  EXPECT_EQ(parsed.file.statements.size(), 14U);
  const Parsed again(parsed.Printed());
  EXPECT_TRUE(ast::Equal(parsed.file, again.file));
  EXPECT_EQ(again.Printed(), parsed.Printed());
}

}  // namespace
}  // namespace appnet::parse
