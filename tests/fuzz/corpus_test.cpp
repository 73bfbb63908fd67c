#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "fuzz/compile.h"
#include "fuzz/targets.h"

namespace appnet::fuzz {
namespace {

std::vector<std::string> Corpus() {
  std::vector<std::string> names;
  for (const char* folder : {"parse", "pipeline", "artifact"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(APPNET_SOURCE_DIR "/tests/fuzz/corpus/" + std::string(folder))) {
      names.push_back(std::string(folder) + "/" + entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class CorpusFile : public testing::TestWithParam<std::string> {
 protected:
  static std::string Text() {
    return base::RealFileSystem()->Read(APPNET_SOURCE_DIR "/tests/fuzz/corpus/" + GetParam()).value();
  }
};

TEST_P(CorpusFile, KeepsThePromisesOfParsing) { FuzzParse(Text()); }
TEST_P(CorpusFile, KeepsThePromisesOfTheWholeWay) {
  const bool compiled = FuzzPipeline(Text());
  // A seed that should reach the end of the pipeline and does not is worth little.
  EXPECT_TRUE(compiled || !GetParam().starts_with("pipeline/ok_"));
}

TEST_P(CorpusFile, KeepsThePromisesOfReadingBack) { FuzzArtifact(Text()); }

// With every file of the artifact as it is, and changed at many places.
TEST(Artifact, OnlyWhatWasBuiltVerifies) {
  for (const base::OutputFile& file : ArtifactToChange()) {
    const std::string whole = file.name + "\n" + file.bytes;
    EXPECT_TRUE(FuzzArtifact(whole)) << file.name;
    const std::size_t step = std::max<std::size_t>(1, file.bytes.size() / 25);
    for (std::size_t at = file.name.size() + 1; at < whole.size(); at += step) {
      FuzzArtifact(whole.substr(0, at));
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      EXPECT_FALSE(FuzzArtifact(changed)) << file.name << " at " << at;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Fuzz, CorpusFile, testing::ValuesIn(Corpus()), [](const auto& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace appnet::fuzz
