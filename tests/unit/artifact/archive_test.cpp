#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "artifact/pack.h"
#include "artifact/sums.h"
#include "artifact/unpack.h"
#include "unit/artifact/sample_policy.h"

namespace appnet::artifact {
namespace {

using Files = std::vector<base::OutputFile>;

constexpr std::int64_t kTime = 1700000000;

std::string Tar(const Files& files, const std::string& folder = "p", std::int64_t modified = kTime) {
  auto tar = Archive(folder, files, modified);
  EXPECT_TRUE(tar.ok());
  return tar.ok() ? tar.value() : "";
}

std::string Problem(std::string_view tar) {
  const auto unpacked = Unpack(tar);
  return unpacked.ok() ? "" : unpacked.error().message;
}

// The header of entry `name` as the bytes of its 512-byte block.
std::string HeaderOf(const std::string& tar, const std::string& name) {
  for (std::size_t at = 0; at + 512 <= tar.size(); at += 512) {
    if (tar.compare(at, name.size() + 1, name + '\0') == 0) return tar.substr(at, 512);
  }
  ADD_FAILURE() << "no entry " << name;
  return std::string(512, '\0');
}

// With a header changed by `change`, and its checksum right again.
template <typename Change>
std::string Tampered(std::string tar, const std::string& name, const Change& change) {
  for (std::size_t at = 0; at + 512 <= tar.size(); at += 512) {
    if (tar.compare(at, name.size() + 1, name + '\0') != 0) continue;
    std::string header = tar.substr(at, 512);
    change(header);
    std::fill_n(header.begin() + 148, 8, ' ');
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    char digits[8];
    std::snprintf(digits, sizeof digits, "%06o", sum);
    header.replace(148, 7, digits, 7);
    tar.replace(at, 512, header);
  }
  return tar;
}

TEST(Archive, SameBytesWhateverTheOrder) {
  const Files files = {{"b", "2", false}, {"a", "1", true}};
  const Files other = {files[1], files[0]};
  EXPECT_EQ(Tar(files), Tar(other));
}

TEST(Archive, OwnerModeAndTimeAreFixed) {
  const std::string tar = Tar({{"run", "#!", true}, {"text", "t", false}});
  const std::string text = HeaderOf(tar, "p/text");
  EXPECT_EQ(text.substr(100, 7), "000644 ");
  EXPECT_EQ(text.substr(108, 7), "000000 ");
  EXPECT_EQ(text.substr(116, 7), "000000 ");
  EXPECT_EQ(text.substr(136, 11), "14524770400");  // kTime in octal
  EXPECT_EQ(text.substr(257, 8), std::string("ustar\0"
                                             "00",
                                             8));
  EXPECT_EQ(text.substr(265, 64), std::string(64, '\0'));  // no names of owners
  EXPECT_EQ(HeaderOf(tar, "p/run").substr(100, 7), "000755 ");
  EXPECT_EQ(tar.substr(0, 3), std::string("p/\0", 3));
  EXPECT_EQ(tar.size() % 10240, 0U);
}

TEST(Archive, LongNamesAreErrorsNotCut) {
  const auto longest = Archive("p", {{std::string(100, 'n'), "x", false}}, 0);
  ASSERT_TRUE(longest.ok());
  EXPECT_EQ(Unpack(longest.value()).value().files[0].name, std::string(100, 'n'));
  const auto too_long = Archive("p", {{std::string(101, 'n'), "x", false}}, 0);
  ASSERT_FALSE(too_long.ok());
  EXPECT_NE(too_long.error().message.find("cannot put p/nnn"), std::string::npos);
  EXPECT_FALSE(Archive(std::string(160, 'f'), {{"x", "x", false}}, 0).ok());
}

TEST(Archive, TimesThatDoNotFitAreErrors) {
  EXPECT_FALSE(Archive("p", {{"x", "x", false}}, -1).ok());
  EXPECT_TRUE(Archive("p", {{"x", "x", false}}, 077777777777).ok());
  EXPECT_FALSE(Archive("p", {{"x", "x", false}}, 0100000000000).ok());
}

TEST(Unpack, GivesBackWhatWasPacked) {
  const Files files = Bundle(SamplePolicy(), SampleParts(), SampleInputs());
  const auto unpacked = Unpack(Tar(files, "workstation"));
  ASSERT_TRUE(unpacked.ok());
  EXPECT_EQ(unpacked.value().folder, "workstation");
  ASSERT_EQ(unpacked.value().files.size(), files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(unpacked.value().files[i].name, files[i].name);
    EXPECT_EQ(unpacked.value().files[i].bytes, files[i].bytes);
    EXPECT_EQ(unpacked.value().files[i].executable, files[i].executable);
  }
  EXPECT_TRUE(CheckSums(unpacked.value().files).empty());
}

TEST(Unpack, RefusesWhatIsNoArchive) {
  EXPECT_NE(Problem(""), "");
  EXPECT_NE(Problem("hello"), "");
  EXPECT_NE(Problem(std::string(100000, '\xff')), "");
  EXPECT_EQ(Problem(std::string(10240, '\0')), "not an artifact: no files in it");
}

TEST(Unpack, RefusesTruncation) {
  const std::string tar = Tar({{"a", std::string(5000, 'x'), false}});
  EXPECT_NE(Problem(tar.substr(0, 2048)), "");
}

TEST(Unpack, RefusesNamesThatLeaveTheFolder) {
  const std::string tar = Tar({{"aaaaaaaa", "1", false}});
  const auto renamed = [&](std::string name) {
    return Problem(Tampered(tar, "p/aaaaaaaa", [&](std::string& header) {
      name.resize(100, '\0');
      header.replace(0, 100, name);
    }));
  };
  EXPECT_NE(renamed("p/../../etc/passwd"), "");
  EXPECT_NE(renamed("/etc/passwd"), "");
  EXPECT_NE(renamed("../x"), "");
  EXPECT_NE(renamed("p/.."), "");
  EXPECT_NE(renamed("p/sub/x"), "");
  EXPECT_NE(renamed("x"), "");
  EXPECT_NE(renamed("other/x"), "");
  EXPECT_EQ(renamed("p/bbb"), "");
}

TEST(Unpack, RefusesLinksAndDevices) {
  const std::string tar = Tar({{"aa", "", false}});
  for (const char type : {'1', '2', '3', '4', '5', '6'}) {
    EXPECT_NE(Problem(Tampered(tar, "p/aa",
                               [&](std::string& header) {
                                 header[156] = type;
                                 header.replace(157, 3, "p/b");
                               })),
              "")
        << type;
  }
}

TEST(Unpack, RefusesOneNameTwice) {
  const std::string tar = Tampered(Tar({{"a", "1", false}, {"b", "2", false}}), "p/b",
                                   [](std::string& header) { header[2] = 'a'; });
  EXPECT_EQ(Problem(tar), "not an artifact: `p/a` is there twice");
}

TEST(Unpack, SurvivesDamage) {
  const std::string tar = Tar({{"a", "1", false}, {"b", std::string(700, '2'), true}});
  std::mt19937 random(20240101);
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = tar.substr(0, 512 + random() % (tar.size() - 512));
    for (int i = 0; i < 4; ++i) damaged[random() % 2560 % damaged.size()] = static_cast<char>(random());
    const auto unpacked = Unpack(damaged);
    if (!unpacked.ok()) continue;
    for (const auto& file : unpacked.value().files) EXPECT_EQ(file.name.find('/'), std::string::npos);
  }
}

// One folder /a/p with files, or one file.
class FakeFiles : public base::FileSystem {
 public:
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> links;
  base::Result<std::string> Read(const std::string& path) const override {
    const auto it = files.find(path);
    if (it == files.end()) return base::Error{"cannot read " + path};
    return it->second;
  }
  bool Exists(const std::string& path) const override { return files.contains(path) || IsDirectory(path); }
  bool IsDirectory(const std::string& path) const override { return path == "/a/p" || path == "here/"; }
  base::Result<std::vector<std::string>> List(const std::string& path) const override {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : files) {
      if (name.starts_with(path + "/")) names.push_back(name.substr(path.size() + 1));
    }
    return names;
  }
  base::Result<std::string> RealPath(const std::string& path) const override {
    const auto link = links.find(path);
    return link == links.end() ? path : link->second;
  }
  base::Status WriteFile(const std::string&, std::string_view) override { return base::Done{}; }
  base::Status WriteFolder(const std::string&, const std::vector<Entry>&) override { return base::Done{}; }
};

TEST(ReadArtifact, TakesArchivesAndFolders) {
  FakeFiles files;
  files.files = {{"x.tar", Tar({{"f", "bytes", false}})}, {"/a/p/f", "bytes"}, {"text", "hello"}};
  for (const char* path : {"x.tar", "/a/p"}) {
    const auto artifact = ReadArtifact(files, path);
    ASSERT_TRUE(artifact.ok()) << path;
    EXPECT_EQ(artifact.value().folder, "p");
    ASSERT_EQ(artifact.value().files.size(), 1U);
    EXPECT_EQ(artifact.value().files[0].name, "f");
    EXPECT_EQ(artifact.value().files[0].bytes, "bytes");
  }
  EXPECT_EQ(ReadArtifact(files, "none").error().message, "cannot read none");
  EXPECT_TRUE(ReadArtifact(files, "text").error().message.starts_with("text is not an artifact: "));
}

TEST(ReadArtifact, RefusesLinksInAFolder) {
  FakeFiles files;
  files.files = {{"/a/p/f", "bytes"}};
  files.links = {{"/a/p/f", "/etc/passwd"}};
  EXPECT_EQ(ReadArtifact(files, "/a/p").error().message, "/a/p is not an artifact: `f` is a link");
}

TEST(ReadArtifact, RefusesWhatStandsBehindTheEnd) {
  const std::string tar = Tar({{"f", "bytes", false}});
  EXPECT_TRUE(Unpack(tar + std::string(10240, '\0')).ok());
  for (const std::string& more : {std::string("x"), std::string(600, '\0') + "x", tar}) {
    const auto unpacked = Unpack(tar + more);
    ASSERT_FALSE(unpacked.ok());
    EXPECT_EQ(unpacked.error().message, "not an artifact: something stands behind the archive's end");
  }
}

TEST(CheckSums, NamesWhatIsWrong) {
  const Files good = Bundle(SamplePolicy(), SampleParts(), SampleInputs());
  Files files = good;
  std::ranges::find(files, "workstation.nft", &base::OutputFile::name)->bytes += " ";
  EXPECT_EQ(CheckSums(files), std::vector<std::string>{"workstation.nft differs from SHA256SUMS"});
  files = good;
  std::erase_if(files, [](const auto& file) { return file.name == "Makefile"; });
  EXPECT_EQ(CheckSums(files), std::vector<std::string>{"Makefile is in SHA256SUMS but missing"});
  files = good;
  files.push_back({"extra", "", false});
  EXPECT_EQ(CheckSums(files), std::vector<std::string>{"extra is not in SHA256SUMS"});
  files = good;
  std::ranges::find(files, kSumsName, &base::OutputFile::name)->bytes += "zz  x\n";
  EXPECT_EQ(CheckSums(files), std::vector<std::string>{"SHA256SUMS has a line that is no digest and name"});
  EXPECT_EQ(CheckSums({}), std::vector<std::string>{"SHA256SUMS is missing"});
}

}  // namespace
}  // namespace appnet::artifact
