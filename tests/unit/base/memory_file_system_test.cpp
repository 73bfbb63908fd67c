#include "base/memory_file_system.h"

#include <gtest/gtest.h>

namespace appnet::base {
namespace {

TEST(MemoryFileSystem, ActsLikeARealOne) {
  MemoryFileSystem files({{"a/x", "1"}, {"/a/b/y", "2"}});
  EXPECT_EQ(files.Read("/a/./x").value(), "1");
  EXPECT_EQ(files.Read("a/b/../x").value(), "1");
  EXPECT_EQ(files.List("/a").value(), (std::vector<std::string>{"b", "x"}));
  EXPECT_TRUE(files.IsDirectory("a/"));
  EXPECT_FALSE(files.IsDirectory("a/x"));
  EXPECT_EQ(files.RealPath("a/b/../x").value(), "/a/x");
  EXPECT_EQ(files.Read("a").error().message, "cannot read `a`: it is a directory");
  EXPECT_EQ(files.Read("z").error().message, "cannot read `z`: No such file or directory");
  EXPECT_FALSE(files.RealPath("z"));
  EXPECT_FALSE(files.List("z"));
}

TEST(MemoryFileSystem, ReplacesFolders) {
  MemoryFileSystem files({{"f/old", "1"}, {"fold", "2"}});
  ASSERT_TRUE(files.WriteFolder("f/", {{"new", "3"}}));
  EXPECT_EQ(files.files(), (std::map<std::string, std::string>{{"/f/new", "3"}, {"/fold", "2"}}));
  EXPECT_FALSE(files.WriteFolder("fold", {}));
  EXPECT_FALSE(files.WriteFile("f", ""));
}

TEST(MemoryFileSystem, BreaksOnDemand) {
  MemoryFileSystem files;
  ASSERT_TRUE(files.WriteFile("x", "1"));
  files.Break("x", "Input/output error");
  EXPECT_EQ(files.Read("x").error().message, "cannot read `x`: Input/output error");
  EXPECT_EQ(files.WriteFile("x", "2").error().message, "cannot write `x`: Input/output error");
}

}  // namespace
}  // namespace appnet::base
