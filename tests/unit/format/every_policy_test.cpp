// Whatever the policy and however it is laid out: formatting keeps its words, its tree and its comments, is
// the same when done twice, and without comments and empty lines depends on the words alone. On the examples,
// the standard library, the golden cases and random policies. APPNET_SEED chooses others.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "ast/equal.h"
#include "format/lines.h"
#include "golden/golden_file.h"
#include "oracle/generator.h"
#include "parse/parse.h"
#include "parse/tokens.h"
#include "unit/format/formatting.h"

namespace appnet::format {
namespace {

struct Reading {
  explicit Reading(const std::string& text) : file(sources.Add("a.appnet", text)) {
    tree = parse::Parse(sources, file, emitter);
    tokens = parse::ReadTokens(sources, file);
  }
  std::vector<std::string> Comments() const {
    std::vector<std::string> comments;
    for (const parse::Token& token : tokens) {
      if (token.comment) comments.emplace_back(CommentText(token.text));
    }
    return comments;
  }

  source::SourceMap sources;
  diag::Emitter emitter;
  source::FileId file;
  ast::File tree;
  std::vector<parse::Token> tokens;
};

std::uint64_t Seed() {
  const char* seed = std::getenv("APPNET_SEED");
  return seed == nullptr ? 1 : std::stoull(seed);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

std::vector<std::string> Texts() {
  std::vector<std::string> texts;
  for (const char* folder : {"examples", "stdlib", "tests/golden", "tests/fuzz/corpus"}) {
    const std::filesystem::path root = std::filesystem::path(APPNET_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() == ".appnet") texts.push_back(ReadFile(entry.path()));
      if (entry.path().extension() != ".golden") continue;
      for (const golden::Section& section : golden::ReadGolden(ReadFile(entry.path())).sections) {
        if (section.title == "input" || section.title.starts_with("file ")) texts.push_back(section.text);
      }
    }
  }
  oracle::Random random(Seed());
  for (unsigned i = 0; i < 100; ++i) texts.push_back(oracle::GeneratePolicy(random, {6, true, 3, 3}));
  return texts;
}

// Texts without syntax errors, as the tests that follow need them.
const std::vector<std::string>& GoodTexts() {
  static const auto* const kTexts = [] {
    auto* good = new std::vector<std::string>;
    for (std::string& text : Texts()) {
      if (!Reading(text).emitter.HasErrors()) good->push_back(std::move(text));
    }
    return good;
  }();
  return *kTexts;
}

void ExpectKept(const std::string& text) {
  const std::optional<std::string> once = Formatted(text);
  ASSERT_TRUE(once) << text;
  const Reading before(text);
  const Reading after(*once);
  EXPECT_TRUE(ast::Equal(before.tree, after.tree)) << text << "\nbecame\n" << *once;
  EXPECT_EQ(before.Comments(), after.Comments()) << text << "\nbecame\n" << *once;
  EXPECT_EQ(Formatted(*once), *once) << text;
}

// The words with anything between them that may stand there.
std::string Disarranged(const Reading& reading, oracle::Random& random, bool comments) {
  std::string text;
  unsigned number = 0;
  for (const parse::Token& token : reading.tokens) {
    if (token.comment) {
      if (comments) text += std::string(token.text) + "\n";
      continue;
    }
    text += token.text;
    text += random.Percent(20) ? " \r\n\t" : "  ";
    if (comments && random.Percent(10)) text += "\n\n\n";
    while (comments && random.Percent(15)) text += "  # " + std::to_string(number++) + " \t\n";
  }
  return text;
}

TEST(EveryPolicy, ThereAreMany) { EXPECT_GT(GoodTexts().size(), 200U); }

TEST(EveryPolicy, IsKept) {
  for (const std::string& text : GoodTexts()) ExpectKept(text);
}

TEST(EveryPolicy, IsKeptHoweverItIsLaidOut) {
  oracle::Random random(Seed() + 1);
  for (const std::string& text : GoodTexts()) {
    for (int i = 0; i < 2; ++i) ExpectKept(Disarranged(Reading(text), random, true));
  }
}

TEST(EveryPolicy, IsLaidOutByItsWords) {
  oracle::Random random(Seed() + 2);
  for (const std::string& text : GoodTexts()) {
    const Reading reading(text);
    const auto one = Formatted(Disarranged(reading, random, false));
    const auto other = Formatted(Disarranged(reading, random, false));
    ASSERT_TRUE(one) << text;
    EXPECT_EQ(one, other) << text;
  }
}

// What comes with the compiler is laid out as the compiler lays it out.
TEST(EveryPolicy, ThatIsShippedIsInTheLayout) {
  for (const char* folder : {"examples", "stdlib"}) {
    const std::filesystem::path root = std::filesystem::path(APPNET_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".appnet") continue;
      const std::string text = ReadFile(entry.path());
      EXPECT_EQ(Formatted(text), text) << entry.path() << ": run build/appnetc fmt on it";
    }
  }
}

}  // namespace
}  // namespace appnet::format
