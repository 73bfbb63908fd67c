// Sentences to answers, as text and as JSON.

#include "query/answer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/lower/lowered.h"

namespace appnet::query {
namespace {

struct Asked {
  std::string messages;
  std::optional<Answer> answer;

  std::string Text() const { return answer ? AnswerText(*answer) : messages; }
};

Asked Ask(const std::string& text, const std::string& sentence) {
  source::SourceMap sources;
  diag::Emitter emitter;
  const base::MemoryFileSystem files({{"/p.appnet", text}});
  std::vector<ast::File> roots;
  roots.push_back(parse::Parse(sources, sources.Add("p.appnet", text), emitter));
  const auto question = parse::ParseQuestion(sources, sources.Add("the question", sentence), emitter);
  sema::Options options;
  if (question) options.question = &*question;
  const base::MemoryFileSystem in_place({{"p.appnet", text}});
  const auto program = sema::Check(roots, sources, in_place, lower::ReferencePolicy(), options, emitter);
  Asked asked;
  if (program && !emitter.HasErrors()) {
    const auto policy = lower::Lower(*program, lower::ReferencePolicy(), sources, {}, emitter);
    if (policy) asked.answer = AnswerQuestion(*program, *policy, lower::ReferencePolicy(), sources).value();
  }
  asked.messages = diag::RenderText(emitter.Sorted(), sources, {});
  return asked;
}

constexpr char kPolicy[] = R"(policy p;
unmatched deny;
interface lan = "eth0", "enp*";
host proxy = 10.0.0.7, 2001:db8::7;
service squid = tcp/3128, tcp/8080;
boolean direct = false;
domain mozilla_t { connect squid to proxy via lan; if direct { connect tcp/443; } }
domain chromium_t { audit connect tcp/443 to 10.0.0.0/8; }
forward tcp/443 from 10.0.0.0/8 via lan -> "wan0";
)";

TEST(Answer, Who) {
  EXPECT_EQ(Ask(kPolicy, "who can connect squid to proxy via lan").Text(),
            "mozilla_t  p.appnet:7:20: connect squid to proxy via lan\n");
  EXPECT_EQ(Ask(kPolicy, "who can connect tcp/22").Text(), "nobody\n");
  EXPECT_EQ(Ask(kPolicy, "who can connect tcp/443 to 10.0.0.0/7;").Text(),
            "mozilla_t if direct  p.appnet:7:64: connect tcp/443\n"
            "only for\n"
            "    connect tcp/443 to 10.0.0.0/8\n"
            "  chromium_t  p.appnet:8:21: audit connect tcp/443 to 10.0.0.0/8, logged\n");
  const std::string forward =
      Ask(kPolicy, "who can forward tcp/443 from 10.0.0.1 via \"eth0\" -> any").Text();
  EXPECT_NE(
      forward.find("only for\n    forward tcp/443 from 10.0.0.1 via \"eth0\" -> \"wan0\"\n"
                   "  unlabeled_t  p.appnet:9:1: forward tcp/443 from 10.0.0.0/8 via lan -> \"wan0\"\n"),
      std::string::npos)
      << forward;
}

TEST(Answer, Can) {
  const Asked yes = Ask(kPolicy, "mozilla_t can connect tcp/3128 to proxy via \"enp7\"");
  EXPECT_EQ(yes.Text(), "yes\n");
  const Asked no = Ask(kPolicy, "mozilla_t can connect squid to proxy");
  EXPECT_EQ(no.Text(), "no\n  mozilla_t can't connect tcp/3128 to 10.0.0.7 via \"wan0\"\n");
  EXPECT_EQ(Ask(kPolicy, "mozilla_t, chromium_t can connect tcp/443 to 10.1.1.1").Text(),
            "no\n  mozilla_t can't connect tcp/443 to 10.1.1.1 via \"eth0\"; it could if direct\n");
}

TEST(Answer, What) {
  EXPECT_EQ(Ask(kPolicy, "what can mozilla_t connect").Text(),
            "mozilla_t  p.appnet:7:20: connect squid to proxy via lan\n"
            "    connect tcp/3128, tcp/8080 to 10.0.0.7, 2001:db8::7 via \"eth0\", \"enp*\"\n"
            "mozilla_t if direct  p.appnet:7:64: connect tcp/443\n"
            "    connect tcp/443 to 10.0.0.0/8\n"
            "    connect tcp/443 to any except 10.0.0.0/8\n");
  EXPECT_EQ(Ask(kPolicy, "what can mozilla_t accept").Text(), "nothing\n");
  EXPECT_NE(Ask(kPolicy, "what can unlabeled_t forward")
                .Text()
                .find("    forward tcp/443 from 10.0.0.0/8 via \"eth0\", \"enp*\" -> \"wan0\"\n"),
            std::string::npos);
}

TEST(Answer, Json) {
  const auto json =
      nlohmann::json::parse(AnswerJson(*Ask(kPolicy, "who can connect tcp/443 to 10.0.0.0/7").answer));
  EXPECT_EQ(json["format_version"], 1);
  ASSERT_EQ(json["answer"].size(), 2U);
  const auto& first = json["answer"][0];
  EXPECT_EQ(first["domain"], "chromium_t");
  EXPECT_EQ(first["permissions"], (std::vector<std::string>{"recv", "send"}));
  EXPECT_TRUE(first["when"].is_null());
  EXPECT_EQ(first["from"], "rule");
  EXPECT_EQ(first["at"], "p.appnet:8:21");
  EXPECT_EQ(json["answer"][1]["when"], "direct");
  EXPECT_EQ(nlohmann::json::parse(AnswerJson(*Ask(kPolicy, "mozilla_t can connect tcp/22").answer))["answer"],
            false);
}

TEST(Answer, MistakesPointIntoTheSentence) {
  EXPECT_EQ(Ask(kPolicy, "who can connect squit to proxy").Text(),
            "error: unknown service `squit` [unknown-name]\n"
            " --> the question:1:17\n"
            "  |\n"
            "1 | who can connect squit to proxy\n"
            "  |                 ^^^^^\n"
            "  = help: did you mean `squid`?\n\n");
  EXPECT_NE(Ask(kPolicy, "mozila_t can connect squid").messages.find("the question:1:1"), std::string::npos);
  EXPECT_NE(Ask(kPolicy, "who may connect squid").messages.find("[syntax-error]"), std::string::npos);
}

TEST(Answer, BasePolicysRulesAreNamed) {
  const std::string inherit = "policy p; unmatched inherit; domain ssh_t { connect tcp/9; }";
  const std::string text = Ask(inherit, "who can connect tcp/80").Text();
  EXPECT_NE(text.find("mozilla_t "), std::string::npos) << text;
  EXPECT_NE(text.find("base policy: (allow mozilla_t http_client_packet_t (packet (send)))"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("mysqld_t if mysql_connect_any"), std::string::npos) << text;
}

}  // namespace
}  // namespace appnet::query
