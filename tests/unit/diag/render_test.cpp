#include "diag/render.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "diag/emitter.h"

namespace appnet::diag {
namespace {

using Json = nlohmann::json;
using source::Span;

struct Said {
  source::SourceMap sources;
  Emitter emitter;
  std::optional<std::string> failure;

  std::string As(Format format) const {
    return Render({emitter.Sorted(), failure}, sources, format, {false, "1.2.3"});
  }
  Json Result() const { return Json::parse(As(Format::kSarif))["runs"][0]["results"][0]; }
};

TEST(Render, KnowsItsFormats) {
  EXPECT_EQ(FormatNamed("sarif"), Format::kSarif);
  EXPECT_EQ(FormatNamed("SARIF"), std::nullopt);
  EXPECT_TRUE(IsDocument(Format::kJson));
  EXPECT_FALSE(IsDocument(Format::kGithub));
}

TEST(Render, NothingToSayIsNothingOrADocument) {
  const Said said;
  for (const Format format : {Format::kHuman, Format::kShort, Format::kGithub})
    EXPECT_EQ(said.As(format), "");
  EXPECT_TRUE(Json::parse(said.As(Format::kJson))["messages"].empty());
  EXPECT_TRUE(Json::parse(said.As(Format::kSarif))["runs"][0]["results"].empty());
}

TEST(Render, FailuresAreSaidInEveryFormat) {
  Said said;
  said.failure = "can't read `a\nb`";
  EXPECT_EQ(said.As(Format::kHuman), "appnetc: can't read `a\nb`\n");
  EXPECT_EQ(said.As(Format::kShort), "appnetc: can't read `a\nb`\n");
  EXPECT_EQ(said.As(Format::kGithub), "::error title=appnetc::can't read `a%0Ab`\n");
  EXPECT_EQ(Json::parse(said.As(Format::kJson))["failure"], "can't read `a\nb`");
  const Json invocation = Json::parse(said.As(Format::kSarif))["runs"][0]["invocations"][0];
  EXPECT_EQ(invocation["executionSuccessful"], false);
  EXPECT_EQ(invocation["toolExecutionNotifications"][0]["message"]["text"], "can't read `a\nb`");
}

// Every kind's number is its rule's index.
TEST(Render, SarifRulesAreTheKinds) {
  Said said;
  const source::FileId file = said.sources.Add("a", "text");
  for (const Kind kind : AllKinds()) {
    if (DefaultSeverityOf(kind) != Severity::kOff) said.emitter.Report(kind, Span{file, 0, 1}, "m");
  }
  const Json run = Json::parse(said.As(Format::kSarif))["runs"][0];
  const Json& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(rules.size(), AllKinds().size());
  for (const Json& result : run["results"]) {
    const Json& rule = rules[result["ruleIndex"].get<std::size_t>()];
    EXPECT_EQ(rule["id"], result["ruleId"]);
    EXPECT_EQ(rule["defaultConfiguration"]["level"], result["level"]);
  }
}

TEST(Render, SarifPathsAreUris) {
  const std::vector<std::pair<std::string, std::string>> kPaths = {
      {"a.appnet", "a.appnet"},
      {"./a.appnet", "a.appnet"},
      {"../b c.appnet", "../b%20c.appnet"},
      {"/etc/a.appnet", "file:///etc/a.appnet"},
      {"http://x/%41:[]?#", "http%3A//x/%2541%3A%5B%5D%3F%23"},
      {"\xff\n\xc3\xa9", "%FF%0A%C3%A9"}};
  for (const auto& [path, uri] : kPaths) {
    Said said;
    said.emitter.Report(Kind::kSyntaxError, Span{said.sources.Add(path, "text"), 0, 1}, "m");
    EXPECT_EQ(said.Result()["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], uri);
  }
}

TEST(Render, SarifTextHasNoPlaceholdersAndNoLinks) {
  Said said;
  said.emitter.Report(Kind::kSyntaxError, "a {0} and [b](http://c) and [d] \x1b[0m");
  EXPECT_EQ(said.Result()["message"]["text"], "a {{0}} and [b\\](http://c) and [d] \\x1b[0m");
}

TEST(Render, SarifColumnsAreUtf16) {
  Said said;
  // An e with an accent is one unit, a character beyond U+FFFF two.
  const std::string text = "# \xc3\xa9 \xf0\x9d\x95\x8f x\n";
  const auto at = static_cast<std::uint32_t>(text.find('x'));
  said.emitter.Report(Kind::kSyntaxError, Span{said.sources.Add("a", text), at, at + 1}, "m");
  const Json region = said.Result()["locations"][0]["physicalLocation"]["region"];
  EXPECT_EQ(region, Json({{"startLine", 1}, {"startColumn", 8}, {"endLine", 1}, {"endColumn", 9}}));
  EXPECT_EQ(Json::parse(said.As(Format::kJson))["messages"][0]["begin"],
            Json({{"line", 1}, {"column", 7}, {"offset", at}}));
}

TEST(Render, WhatIsInNoFileHasNoFile) {
  Said said;
  const source::FileId sentence = said.sources.AddSentence("the question", "who can jump");
  said.emitter.Report(Kind::kSyntaxError, Span{sentence, 8, 12}, "m").DidYouMean("connect");
  EXPECT_EQ(said.As(Format::kShort), "the question:1:9: error: m [syntax-error]\n");
  EXPECT_EQ(said.As(Format::kGithub), "::error title=syntax-error::m%0Ahelp: did you mean `connect`?\n");
  EXPECT_EQ(said.Result()["locations"][0]["logicalLocations"][0]["name"], "the question");
  EXPECT_FALSE(said.Result().contains("fixes"));
  EXPECT_EQ(Json::parse(said.As(Format::kJson))["messages"][0]["in"], "the question");
}

TEST(Render, GithubEscapesWhatItsRunnerReads) {
  Said said;
  const source::FileId file = said.sources.Add("a,b:c%\r\n::error::x", "one\ntwo\n");
  said.emitter.Report(Kind::kSyntaxError, Span{file, 0, 6}, "50%\n::warning::y").Note("a\nb");
  EXPECT_EQ(said.As(Format::kGithub),
            "::error file=a%2Cb%3Ac%25%0D%0A%3A%3Aerror%3A%3Ax,line=1,endLine=2,title=syntax-error::"
            "50%25%0A::warning::y%0Anote: a%0Ab\n");
}

TEST(Render, JsonIsAsciiInOneLine) {
  Said said;
  const source::FileId file = said.sources.Add("\xc3\xa9\xff", "\xe2\x80\xae");
  said.emitter.Report(Kind::kSyntaxError, Span{file, 0, 3}, "found \xe2\x80\xae\x1b\xff")
      .DidYouMean("\xc3\xa9");
  const std::string text = said.As(Format::kJson);
  EXPECT_TRUE(
      std::ranges::all_of(text.substr(0, text.size() - 1), [](char c) { return c >= ' ' && c < 0x7f; }));
  const Json message = Json::parse(text)["messages"][0];
  EXPECT_EQ(message["message"], "found \\u{202e}\\x1b\\xff");
  EXPECT_EQ(message["file"], "\xc3\xa9\xef\xbf\xbd");
  EXPECT_EQ(message["fixes"][0]["replacement"], "\xc3\xa9");
}

TEST(Render, EveryFormatCountsWhatItLeavesOut) {
  Said said;
  const source::FileId file = said.sources.Add("a", std::string(100, 'x'));
  for (std::uint32_t i = 0; i < 30; ++i)
    said.emitter.Report(Kind::kUnknownName, Span{file, i, i + 1}, "same");
  EXPECT_TRUE(
      said.As(Format::kHuman)
          .ends_with("10 more messages are not shown; one that repeats itself is shown 20 times\n\n"));
  EXPECT_TRUE(said.As(Format::kShort).ends_with("appnetc: 10 more messages are not shown\n"));
  EXPECT_TRUE(said.As(Format::kGithub).ends_with("::notice title=appnetc::10 more messages are not shown\n"));
  const Json json = Json::parse(said.As(Format::kJson));
  EXPECT_EQ(json["left_out"], 10);
  EXPECT_EQ(json["errors"], 30);
  EXPECT_EQ(json["messages"].size(), 20U);
  const Json run = Json::parse(said.As(Format::kSarif))["runs"][0];
  EXPECT_EQ(run["results"].size(), 20U);
  EXPECT_EQ(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"],
            "10 more messages are not shown");
}

}  // namespace
}  // namespace appnet::diag
