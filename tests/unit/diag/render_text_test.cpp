#include "diag/render_text.h"

#include <gtest/gtest.h>

#include "diag/emitter.h"

namespace appnet::diag {
namespace {

using source::FileId;
using source::SourceMap;
using source::Span;

class RenderTextTest : public testing::Test {
 protected:
  Span Find(FileId file, std::string_view text) const {
    const std::size_t at = sources_.Text(file).find(text);
    EXPECT_NE(at, std::string_view::npos);
    return {file, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + text.size())};
  }
  std::string Render(TextStyle style = {}) const { return RenderText(emitter_.Sorted(), sources_, style); }

  SourceMap sources_;
  Emitter emitter_;
};

TEST_F(RenderTextTest, LooksAsDesigned) {
  const FileId file = sources_.Add("workstation.appnet", std::string(13, '\n') + "domain mozila_t {\n}\n");
  emitter_.Report(Kind::kUnknownDomain, Find(file, "mozila_t"), "unknown SELinux domain `mozila_t`")
      .Beside("not in the policy `default`")
      .Help("did you mean `mozilla_t`?")
      .Note("domains are process types");
  EXPECT_EQ(Render(),
            "error: unknown SELinux domain `mozila_t` [unknown-domain]\n"
            "  --> workstation.appnet:14:8\n"
            "   |\n"
            "14 | domain mozila_t {\n"
            "   |        ^^^^^^^^ not in the policy `default`\n"
            "   = help: did you mean `mozilla_t`?\n"
            "   = note: domains are process types\n"
            "\n");
}

TEST_F(RenderTextTest, ShowsLabelsHereAndElsewhere) {
  const FileId a = sources_.Add("a.appnet", "host x = y;\n" + std::string(98, '\n') + "host x = x, z;\n");
  const FileId b = sources_.Add("lib.appnet", "host z = any;\n");
  emitter_.Report(Kind::kDuplicateName, {a, 115, 116}, "`x` is declared twice")
      .Label({a, 119, 120}, "and used here")
      .Label({a, 5, 6}, "first here")
      .Label(Find(b, "z"), "");
  EXPECT_EQ(Render(),
            "error: `x` is declared twice [duplicate-name]\n"
            "   --> a.appnet:100:6\n"
            "    |\n"
            "100 | host x = x, z;\n"
            "    |      ^\n"
            "    |          - and used here\n"
            "   ::: a.appnet:1:6\n"
            "    |\n"
            "  1 | host x = y;\n"
            "    |      - first here\n"
            "   ::: lib.appnet:1:6\n"
            "    |\n"
            "  1 | host z = any;\n"
            "    |      -\n"
            "\n");
}

TEST_F(RenderTextTest, WithoutAPlace) {
  emitter_.Report(Kind::kNoDomainAttribute, "no attribute\x1b[31m").Note("one\ntwo\tthree");
  EXPECT_EQ(Render(),
            "warning: no attribute\\x1b[31m [no-domain-attribute]\n"
            "  = note: one\n"
            "          two\\x09three\n"
            "\n");
}

TEST_F(RenderTextTest, ASpanOfSeveralLinesShowsTheFirst) {
  const FileId file = sources_.Add("a", "domain x {\n}\n");
  emitter_.Report(Kind::kMisplacedStatement, {file, 7, 12}, "m");
  EXPECT_NE(Render().find("1 | domain x {\n  |        ^^^\n"), std::string::npos) << Render();
}

TEST_F(RenderTextTest, ThePlaceAfterTheLastCharacterHasACaret) {
  const FileId file = sources_.Add("a", "x");
  emitter_.Report(Kind::kSyntaxError, {file, 1, 1}, "m");
  EXPECT_NE(Render().find(" --> a:1:2\n  |\n1 | x\n  |  ^\n"), std::string::npos) << Render();
}

TEST_F(RenderTextTest, AnEmptyFileAndItsEnd) {
  const FileId file = sources_.Add("a", "");
  emitter_.Report(Kind::kMissingHeader, {file, 0, 0}, "m");
  EXPECT_EQ(Render(), "error: m [missing-header]\n --> a:1:1\n  |\n1 |\n  | ^\n\n");
}

TEST_F(RenderTextTest, TabsKeepTheCaretsInPlace) {
  const FileId file = sources_.Add("a", "\tx\ty\n");
  emitter_.Report(Kind::kSyntaxError, Find(file, "y"), "m");
  EXPECT_NE(Render().find("1 |     x   y\n  |         ^\n"), std::string::npos) << Render();
}

TEST_F(RenderTextTest, WideAndCombiningCharactersKeepTheCaretsInPlace) {
  const FileId file = sources_.Add("a", "\u65E5\u672Ce\u0301x\n");
  emitter_.Report(Kind::kSyntaxError, Find(file, "x"), "m");
  EXPECT_NE(Render().find("x\n  |      ^\n"), std::string::npos) << Render();
}

TEST_F(RenderTextTest, NothingInAFileReachesTheTerminal) {
  const FileId file =
      sources_.Add("evil\x1b]0;x\x07.appnet\nerror: fake",
                   "a\x1b[2Jb\u202Ec\u200Bd\xff\x00z\u0085\u2028" + std::string("\r") + "end\n");
  emitter_.Report(Kind::kForbiddenCharacter, Find(file, "end"), "m");
  const std::string text = Render();
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7F)) << text;
  EXPECT_NE(text.find("a\\x1b[2Jb\\u{202e}c\\u{200b}d\\xff"), std::string::npos) << text;
  EXPECT_NE(text.find("evil\\x1b]0;x\\x07.appnet\\x0aerror: fake:1:"), std::string::npos) << text;
}

TEST_F(RenderTextTest, LongLinesAreCutAroundTheSpan) {
  const FileId file = sources_.Add("a", std::string(500000, 'x') + "HERE" + std::string(500000, 'y'));
  emitter_.Report(Kind::kSyntaxError, Find(file, "HERE"), "m");
  EXPECT_EQ(Render(), "error: m [syntax-error]\n --> a:1:500001\n  |\n1 | ..." + std::string(40, 'x') +
                          "HERE" + std::string(96, 'y') + "...\n  | " + std::string(43, ' ') + "^^^^\n\n");
}

TEST_F(RenderTextTest, ALongSpanOnALongLineIsCut) {
  const FileId file = sources_.Add("a", std::string(1000000, 'x'));
  emitter_.Report(Kind::kSyntaxError, {file, 0, 1000000}, "m");
  EXPECT_LT(Render().size(), 500U);
}

TEST_F(RenderTextTest, ACutSplitsNoCharacter) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "\u65E5";
  const FileId file = sources_.Add("a", text + "x" + text);
  emitter_.Report(Kind::kSyntaxError, Find(file, "x"), "m");
  EXPECT_EQ(Render().find("\\x"), std::string::npos) << Render();
}

TEST_F(RenderTextTest, WhatRepeatsItselfIsCounted) {
  const FileId file = sources_.Add("a", std::string(5000, 'x') + "\n");
  for (std::uint32_t i = 0; i < 25; ++i)
    emitter_.Report(Kind::kUnknownName, {file, i, i + 1}, "unknown name `x`");
  emitter_.Report(Kind::kUnknownName, {file, 30, 31}, "unknown name `y`");
  const std::string few = Render();
  EXPECT_NE(few.find(":1:20\n"), std::string::npos);
  EXPECT_EQ(few.find(":1:21\n"), std::string::npos);
  EXPECT_NE(few.find("unknown name `y`"), std::string::npos);
  EXPECT_TRUE(
      few.ends_with("\n5 more messages are not shown; one that repeats itself is shown 20 times\n\n"));
  for (std::uint32_t i = 0; i < 2000; ++i)
    emitter_.Report(Kind::kUnknownName, {file, i, i + 1}, "unknown name " + std::to_string(i));
  EXPECT_TRUE(
      Render().ends_with("\n1026 more messages are not shown; 1000 are shown in all; one that repeats itself "
                         "is shown 20 times\n\n"));
}

TEST_F(RenderTextTest, ManyThatDifferAreCounted) {
  const FileId file = sources_.Add("a", std::string(5000, 'x') + "\n");
  for (std::uint32_t i = 0; i < 1003; ++i)
    emitter_.Report(Kind::kUnknownName, {file, i, i + 1}, "unknown name " + std::to_string(i));
  EXPECT_TRUE(Render().ends_with("\n3 more messages are not shown; 1000 are shown in all\n\n"));
}

TEST_F(RenderTextTest, ColorsOnlyWhenAsked) {
  const FileId file = sources_.Add("a", "x\n");
  emitter_.Report(Kind::kSyntaxError, {file, 0, 1}, "m").Help("h");
  EXPECT_EQ(Render().find('\x1b'), std::string::npos);
  EXPECT_NE(Render({true}).find("\x1b[1;31merror\x1b[0m"), std::string::npos);
}

}  // namespace
}  // namespace appnet::diag
