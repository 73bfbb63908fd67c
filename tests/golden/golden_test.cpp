// One test for each file of this folder, named by its path: `kinds/fail_bad_port.golden` is
// kinds.fail_bad_port. APPNET_UPDATE=1 rewrites the sections that say what comes out; the diff is to be read.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "diag/kind.h"
#include "golden/run_case.h"

namespace appnet::golden {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = APPNET_SOURCE_DIR "/tests/golden";

std::vector<fs::path> Cases() {
  std::vector<fs::path> cases;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() == ".golden") cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

std::string TextOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The first lines that differ; whole sections are too long to read.
std::string Difference(const Section& expected, const std::string& actual) {
  constexpr std::size_t kShown = 12;
  const std::vector<std::string> before = LinesOf(expected.text);
  const std::vector<std::string> after = LinesOf(actual);
  std::size_t first = 0;
  while (first < before.size() && first < after.size() && before[first] == after[first]) ++first;
  std::string text =
      "section `" + expected.title + "` differs from its line " + std::to_string(first + 1) + " on\n";
  for (std::size_t i = first; i < before.size() && i < first + kShown; ++i) text += "- " + before[i] + "\n";
  for (std::size_t i = first; i < after.size() && i < first + kShown; ++i) text += "+ " + after[i] + "\n";
  return text;
}

class GoldenCase : public testing::Test {
 public:
  explicit GoldenCase(fs::path path) : path_(std::move(path)) {}

  void TestBody() override {
    const GoldenFile expected = ReadGolden(TextOf(path_));
    EXPECT_FALSE(expected.about.empty()) << "a case begins with what it shows";
    const base::Result<Outcome> outcome = RunCase(expected);
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    if (outcome.value().skipped) GTEST_SKIP() << "this machine has no such base policy";
    EXPECT_EQ(path_.stem().string().starts_with("fail_"), outcome.value().has_errors)
        << "the name begins with `fail_` if there are errors, and only then";
    const GoldenFile& actual = outcome.value().actual;
    const std::optional<std::string> written = WriteGolden(actual);
    ASSERT_TRUE(written.has_value()) << "a line of a section looks like a title";
    if (std::getenv("APPNET_UPDATE") != nullptr) {
      std::ofstream(path_, std::ios::binary) << *written;
      return;
    }
    EXPECT_NE(expected.Find("messages"), nullptr) << "run once with APPNET_UPDATE=1";
    for (const Section& section : expected.sections) {
      const std::string& now = *actual.Find(section.title);
      EXPECT_TRUE(section.text == now) << Difference(section, now);
    }
  }

 private:
  fs::path path_;
};

// Kinds that no case can show, each with the reason.
const std::set<std::string, std::less<>> kNoCase = {
    "broken-artifact", "unfit-artifact",  // of `verify`, which compiles nothing: tests/tools/verify pins them
};

TEST(Kinds, EachIsShownByACase) {
  std::string all;
  for (const fs::path& path : Cases()) {
    const GoldenFile file = ReadGolden(TextOf(path));
    if (const std::string* messages = file.Find("messages")) all += *messages;
  }
  const auto shown = [&](std::string_view slug) {
    return all.find("[" + std::string(slug) + "]\n") != std::string::npos;
  };
  std::vector<std::string> wrong;
#define APPNET_DIAGNOSTIC(name, slug, severity, summary) \
  if (shown(slug) == kNoCase.contains(slug)) wrong.emplace_back(slug);
#include "diag/kind.def"
#undef APPNET_DIAGNOSTIC
  EXPECT_EQ(wrong, std::vector<std::string>()) << "shown by no case, or allowed to be so and shown";
}

TEST(GoldenFile, ReadsWhatItWrites) {
  const std::string text = "About.\n--- input\npolicy p;\n\nmore\n--- messages\n";
  const GoldenFile file = ReadGolden(text);
  ASSERT_EQ(file.sections.size(), 2U);
  EXPECT_EQ(file.about, "About.\n");
  EXPECT_EQ(*file.Find("input"), "policy p;\n\nmore\n");
  EXPECT_EQ(WriteGolden(file), text);
  EXPECT_EQ(WriteGolden({"About.\n", {{"ast", "x\n--- y\n"}}}), std::nullopt);
}

}  // namespace
}  // namespace appnet::golden

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (const auto& path : appnet::golden::Cases()) {
    const std::string group = path.parent_path().filename().string();
    testing::RegisterTest(group.c_str(), path.stem().string().c_str(), nullptr, nullptr,
                          path.string().c_str(), 1, [path] { return new appnet::golden::GoldenCase(path); });
  }
  return RUN_ALL_TESTS();
}
