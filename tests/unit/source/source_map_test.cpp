#include "source/source_map.h"

#include <gtest/gtest.h>

namespace appnet::source {
namespace {

TEST(SourceMap, FindsLinesAndColumns) {
  SourceMap sources;
  const FileId file = sources.Add("a.appnet", "one\ntwo\r\n\nlast");
  EXPECT_EQ(sources.PositionOf(file, 0).line, 1U);
  EXPECT_EQ(sources.PositionOf(file, 4).line, 2U);
  EXPECT_EQ(sources.PositionOf(file, 6).column, 3U);
  EXPECT_EQ(sources.PositionOf(file, 9).line, 3U);
  EXPECT_EQ(sources.PositionOf(file, 14).column, 5U);
  EXPECT_EQ(sources.Line(file, 2), "two");
  EXPECT_EQ(sources.Line(file, 3), "");
  EXPECT_EQ(sources.Line(file, 4), "last");
  EXPECT_EQ(sources.FileLine({file, 10, 12}), "a.appnet:4");
}

TEST(SourceMap, ColumnsCountCharacters) {
  SourceMap sources;
  const FileId file = sources.Add("a", "\u00E9\u65E5x");
  EXPECT_EQ(sources.PositionOf(file, 5).column, 3U);
}

TEST(SourceMap, AByteOrderMarkIsNoPartOfTheLine) {
  SourceMap sources;
  const FileId file = sources.Add("a", "\xEF\xBB\xBFpolicy x;\n");
  EXPECT_EQ(sources.Line(file, 1), "policy x;");
  EXPECT_EQ(sources.PositionOf(file, 3).column, 1U);
  EXPECT_EQ(sources.PositionOf(file, 0).line, 1U);
  EXPECT_EQ(sources.PositionOf(file, 13).line, 2U);
}

TEST(SourceMap, EmptyFilesHaveALine) {
  SourceMap sources;
  const FileId file = sources.Add("a", "");
  EXPECT_EQ(sources.Line(file, 1), "");
  EXPECT_EQ(sources.PositionOf(file, 0).column, 1U);
}

TEST(SourceMap, TextStaysWhenTheMapMoves) {
  SourceMap sources;
  const FileId file = sources.Add("a", "short");
  const std::string_view text = sources.Text(file);
  for (int i = 0; i < 100; ++i) sources.Add("b", "more");
  const SourceMap moved = std::move(sources);
  EXPECT_EQ(text.data(), moved.Text(file).data());
  EXPECT_EQ(moved.Text(Span{file, 1, 3}), "ho");
}

TEST(Span, JoinsFromFirstToLast) {
  const Span joined = Join({0, 2, 4}, {0, 7, 9});
  EXPECT_EQ(joined, (Span{0, 2, 9}));
}

}  // namespace
}  // namespace appnet::source
