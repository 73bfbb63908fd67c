#include "diag/emitter.h"

#include <gtest/gtest.h>

#include <set>

namespace appnet::diag {
namespace {

using source::Span;

TEST(Kind, SlugsAreUniqueAndFoundAgain) {
  std::set<std::string_view> slugs;
#define APPNET_DIAGNOSTIC(name, slug, severity, summary)           \
  EXPECT_TRUE(slugs.insert(slug).second) << slug;                  \
  EXPECT_EQ(SlugOf(Kind::k##name), slug);                          \
  EXPECT_EQ(SummaryOf(Kind::k##name), summary);                    \
  EXPECT_EQ(DefaultSeverityOf(Kind::k##name), Severity::severity); \
  EXPECT_EQ(KindNamed(slug), Kind::k##name);
#include "diag/kind.def"
#undef APPNET_DIAGNOSTIC
  EXPECT_EQ(KindNamed("no-such-kind"), std::nullopt);
  EXPECT_EQ(KindNamed(""), std::nullopt);
}

TEST(Kind, SlugsAreTheNamesInLowerCase){
#define APPNET_DIAGNOSTIC(name, slug, severity, summary)                                      \
  {                                                                                           \
    std::string letters;                                                                      \
    for (const char c : std::string_view(slug)) {                                             \
      if (c != '-') letters += c;                                                             \
    }                                                                                         \
    std::string lower;                                                                        \
    for (const char c : std::string_view(#name)) lower += static_cast<char>(std::tolower(c)); \
    EXPECT_EQ(letters, lower);                                                                \
  }
#include "diag/kind.def"
#undef APPNET_DIAGNOSTIC
}

TEST(Emitter, SortsByFileAndOffset) {
  Emitter emitter;
  emitter.Report(Kind::kSyntaxError, "no place");
  emitter.Report(Kind::kSyntaxError, Span{1, 0, 1}, "second file");
  emitter.Report(Kind::kSyntaxError, Span{0, 9, 10}, "later");
  emitter.Report(Kind::kUnknownName, Span{0, 3, 4}, "first at 3");
  emitter.Report(Kind::kSyntaxError, Span{0, 3, 9}, "second at 3");
  std::vector<std::string> messages;
  for (const Diagnostic& diagnostic : emitter.Sorted()) messages.push_back(diagnostic.message);
  EXPECT_EQ(messages,
            (std::vector<std::string>{"first at 3", "second at 3", "later", "second file", "no place"}));
}

TEST(Emitter, DropsRepetitions) {
  Emitter emitter;
  emitter.Report(Kind::kSyntaxError, Span{0, 1, 2}, "a").Note("first");
  emitter.Report(Kind::kSyntaxError, Span{0, 1, 2}, "a").Note("second");
  emitter.Report(Kind::kSyntaxError, Span{0, 1, 2}, "b");
  emitter.Report(Kind::kUnknownName, Span{0, 1, 2}, "a");
  ASSERT_EQ(emitter.Sorted().size(), 3U);
  EXPECT_EQ(emitter.error_count(), 3U);
  EXPECT_EQ(emitter.Sorted().front().notes, std::vector<std::string>{"first"});
}

TEST(Emitter, ASpanWithoutFileIsNone) {
  Emitter emitter;
  emitter.Report(Kind::kSyntaxError, Span{}, "a");
  EXPECT_FALSE(emitter.Sorted().front().span);
}

TEST(Emitter, WarningsCanBeDeniedAllowedAndSilenced) {
  Emitter emitter;
  emitter.Configure(Kind::kPermissiveDomain, Severity::kError);
  emitter.Configure(Kind::kSocketDenied, Severity::kOff);
  emitter.Configure(Kind::kFamilyEmptied, Severity::kNote);
  emitter.Report(Kind::kSocketDenied, "silent").Note("into the void");
  emitter.Report(Kind::kFamilyEmptied, "note");
  EXPECT_FALSE(emitter.HasErrors());
  EXPECT_FALSE(emitter.Refuses());
  emitter.Report(Kind::kPermissiveDomain, "error");
  EXPECT_FALSE(emitter.HasErrors()) << "later steps still run";
  EXPECT_TRUE(emitter.Refuses());
  ASSERT_EQ(emitter.Sorted().size(), 2U);
  EXPECT_EQ(emitter.Sorted()[0].severity, Severity::kNote);
  EXPECT_EQ(emitter.Sorted()[1].severity, Severity::kError);
}

TEST(Emitter, ErrorsStayErrors) {
  Emitter emitter;
  emitter.Configure(Kind::kSyntaxError, Severity::kOff);
  emitter.Configure(Kind::kUnknownName, Severity::kNote);
  emitter.Report(Kind::kSyntaxError, "a");
  emitter.Report(Kind::kUnknownName, "b");
  EXPECT_EQ(emitter.error_count(), 2U);
  EXPECT_TRUE(emitter.Refuses());
}

TEST(Emitter, ASuggestionIsAnEditWhereThereIsAPlace) {
  Emitter emitter;
  emitter.Report(Kind::kUnknownName, Span{0, 3, 7}, "a").DidYouMean("proxy");
  emitter.Report(Kind::kNoLoader, "b").DidYouMean("iptables_t");
  const std::vector<Diagnostic> sorted = emitter.Sorted();
  EXPECT_EQ(sorted[0].helps, std::vector<std::string>{"did you mean `proxy`?"});
  ASSERT_EQ(sorted[0].fixes.size(), 1U);
  EXPECT_EQ(sorted[0].fixes[0].span, (Span{0, 3, 7}));
  EXPECT_EQ(sorted[0].fixes[0].replacement, "proxy");
  EXPECT_EQ(sorted[1].helps, std::vector<std::string>{"did you mean `iptables_t`?"});
  EXPECT_TRUE(sorted[1].fixes.empty());
}

}  // namespace
}  // namespace appnet::diag
