#include "base/file_system.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "base/held_signals.h"

namespace appnet::base {
namespace {

namespace fs = std::filesystem;

class RealFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "appnet-test-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = fs::canonical(name).string();
    mask_ = umask(022);
  }
  void TearDown() override {
    umask(mask_);
    fs::remove_all(folder_);
  }

  std::string At(const std::string& name) const { return folder_ + "/" + name; }
  std::vector<std::string> Names() const { return files_->List(folder_).value(); }
  mode_t ModeOf(const std::string& path) const {
    struct stat about {};
    EXPECT_EQ(stat(path.c_str(), &about), 0);
    return about.st_mode & 07777U;
  }

  std::unique_ptr<FileSystem> files_ = RealFileSystem();
  std::string folder_;
  mode_t mask_ = 0;
};

TEST_F(RealFiles, ReadsWhatWasWritten) {
  const std::string bytes("a\0b\n\xff", 5);
  ASSERT_TRUE(files_->WriteFile(At("x"), bytes));
  EXPECT_EQ(files_->Read(At("x")).value(), bytes);
  EXPECT_EQ(Names(), std::vector<std::string>{"x"});
  EXPECT_EQ(ModeOf(At("x")), 0644U);
  EXPECT_TRUE(files_->Exists(At("x")));
  EXPECT_FALSE(files_->IsDirectory(At("x")));
  EXPECT_TRUE(files_->IsDirectory(folder_));
}

TEST_F(RealFiles, NewFilesFollowTheUmask) {
  umask(077);
  ASSERT_TRUE(files_->WriteFile(At("x"), "1"));
  EXPECT_EQ(ModeOf(At("x")), 0600U);
}

TEST_F(RealFiles, ReplacedFilesKeepTheirPermissions) {
  ASSERT_TRUE(files_->WriteFile(At("x"), "1"));
  ASSERT_EQ(chmod(At("x").c_str(), 0640), 0);
  ASSERT_TRUE(files_->WriteFile(At("x"), "2"));
  EXPECT_EQ(ModeOf(At("x")), 0640U);
  EXPECT_EQ(files_->Read(At("x")).value(), "2");
}

TEST_F(RealFiles, WritingFollowsLinks) {
  ASSERT_TRUE(files_->WriteFile(At("x"), "1"));
  fs::create_symlink("x", At("link"));
  ASSERT_TRUE(files_->WriteFile(At("link"), "2"));
  EXPECT_TRUE(fs::is_symlink(At("link")));
  EXPECT_EQ(files_->Read(At("x")).value(), "2");
}

TEST_F(RealFiles, SaysWhatIsWrong) {
  EXPECT_EQ(files_->Read(At("none")).error().message,
            "cannot read `" + At("none") + "`: No such file or directory");
  EXPECT_EQ(files_->Read(folder_).error().message, "cannot read `" + folder_ + "`: it is a directory");
  EXPECT_EQ(files_->Read("/dev/zero").error().message, "cannot read `/dev/zero`: it is not a regular file");
  EXPECT_EQ(files_->WriteFile(folder_, "x").error().message,
            "cannot write `" + folder_ + "`: it is a directory");
  EXPECT_EQ(files_->WriteFile(At("no/x"), "x").error().message,
            "cannot write `" + At("no/x") + "`: No such file or directory");
  EXPECT_EQ(files_->List(At("none")).error().message,
            "cannot list `" + At("none") + "`: No such file or directory");
  EXPECT_EQ(files_->RealPath(At("none")).error().message,
            "cannot find `" + At("none") + "`: No such file or directory");
}

TEST_F(RealFiles, DoesNotHangOnAFifo) {
  ASSERT_EQ(mkfifo(At("fifo").c_str(), 0600), 0);
  EXPECT_EQ(files_->Read(At("fifo")).error().message,
            "cannot read `" + At("fifo") + "`: it is not a regular file");
}

TEST_F(RealFiles, RefusesHugeFiles) {
  ASSERT_TRUE(files_->WriteFile(At("x"), ""));
  ASSERT_EQ(truncate(At("x").c_str(), static_cast<off_t>(kLargestFile) + 1), 0);
  EXPECT_EQ(files_->Read(At("x")).error().message,
            "cannot read `" + At("x") + "`: it is larger than 256 MiB");
}

TEST_F(RealFiles, ReadsFilesThatHideTheirSize) {
  const auto text = files_->Read("/proc/self/status");
  ASSERT_TRUE(text);
  EXPECT_NE(text.value().find("Pid:"), std::string::npos);
}

TEST_F(RealFiles, WritesToDevicesDirectly) {
  EXPECT_TRUE(files_->WriteFile("/dev/null", "x"));
  EXPECT_EQ(files_->WriteFile("/dev/full", "x").error().message,
            "cannot write `/dev/full`: No space left on device");
}

TEST_F(RealFiles, LeavesNothingBehindWhenTheDiskIsFull) {
  ASSERT_TRUE(files_->WriteFile(At("x"), "old"));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // A limit on file sizes fails the write as a full disk would.
    const rlimit limit{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &limit);
    std::signal(SIGXFSZ, SIG_IGN);
    const Status status = files_->WriteFile(At("x"), std::string(100000, 'x'));
    const Status folder = files_->WriteFolder(At("f"), {{"a", "1"}, {"b", std::string(100000, 'x')}});
    _exit(status.ok() || folder.ok() ? 1 : 0);
  }
  int ended = 0;
  ASSERT_EQ(waitpid(child, &ended, 0), child);
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(files_->Read(At("x")).value(), "old");
  EXPECT_EQ(Names(), std::vector<std::string>{"x"});
}

TEST_F(RealFiles, AnInterruptedWriteKeepsTheOldFile) {
  ASSERT_TRUE(files_->WriteFile(At("x"), "old"));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGTERM, SIG_DFL);
    const HeldSignals held;  // so that the signal waits when the write begins
    raise(SIGTERM);
    const Status file = files_->WriteFile(At("x"), "new");
    const Status folder = files_->WriteFolder(At("f"), {{"a", "1"}});
    _exit(file.ok() || folder.ok() ? 1 : 0);
  }
  int ended = 0;
  ASSERT_EQ(waitpid(child, &ended, 0), child);
  EXPECT_TRUE(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
  EXPECT_EQ(files_->Read(At("x")).value(), "old");
  EXPECT_EQ(Names(), std::vector<std::string>{"x"});
}

TEST_F(RealFiles, HeldSignalsTakeEffectAfterwards) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    {
      const HeldSignals held;
      raise(SIGINT);
    }
    _exit(0);
  }
  int ended = 0;
  ASSERT_EQ(waitpid(child, &ended, 0), child);
  EXPECT_TRUE(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGINT);
}

TEST_F(RealFiles, ReplacesAFolder) {
  ASSERT_TRUE(files_->WriteFolder(At("f"), {{"a", "1"}, {"run", "#!", true}}));
  EXPECT_EQ(ModeOf(At("f")), 0755U);
  EXPECT_EQ(ModeOf(At("f/a")), 0644U);
  EXPECT_EQ(ModeOf(At("f/run")), 0755U);
  ASSERT_TRUE(files_->WriteFolder(At("f/"), {{"b", "2"}}));
  EXPECT_EQ(files_->List(At("f")).value(), std::vector<std::string>{"b"});
  EXPECT_EQ(files_->Read(At("f/b")).value(), "2");
  EXPECT_EQ(Names(), std::vector<std::string>{"f"});
}

TEST_F(RealFiles, WillNotReplaceAFolderOfFolders) {
  fs::create_directories(At("f/precious"));
  EXPECT_EQ(files_->WriteFolder(At("f"), {{"a", "1"}}).error().message,
            "cannot replace `" + At("f") + "`: it holds a folder, `precious`");
  EXPECT_TRUE(files_->IsDirectory(At("f/precious")));
  EXPECT_EQ(Names(), std::vector<std::string>{"f"});
}

TEST_F(RealFiles, FolderEntriesStayInside) {
  for (const std::string name : {"", ".", "..", "../x", "a/b"}) {
    EXPECT_FALSE(files_->WriteFolder(At("f"), {{name, "1"}})) << name;
  }
  ASSERT_TRUE(files_->WriteFile(At("x"), ""));
  EXPECT_EQ(files_->WriteFolder(At("x"), {}).error().message,
            "cannot replace `" + At("x") + "`: it is not a directory");
}

TEST_F(RealFiles, FindsRealPlaces) {
  ASSERT_TRUE(files_->WriteFile(At("x"), ""));
  fs::create_symlink("x", At("link"));
  EXPECT_EQ(files_->RealPath(At("./link")).value(), At("x"));
}

}  // namespace
}  // namespace appnet::base
