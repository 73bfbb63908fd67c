#include "diag/suggest.h"

#include <gtest/gtest.h>

namespace appnet::diag {
namespace {

TEST(Suggest, FindsTheNearest) {
  EXPECT_EQ(Nearest("mozila_t", {"sshd_t", "mozilla_t", "mozilla_home_t"}), "mozilla_t");
  EXPECT_EQ(Nearest("htpt", {"http"}), "http");  // a swap is one step
  EXPECT_EQ(Nearest("htps", {"http", "https"}), "https");
  EXPECT_EQ(Nearest("same", {"sane", "same"}), "same");
}

TEST(Suggest, KeepsQuietAboutTheFar) {
  EXPECT_EQ(Nearest("xyz", {"mozilla_t"}), std::nullopt);
  EXPECT_EQ(Nearest("abc", {"axy"}), std::nullopt);
  EXPECT_EQ(Nearest("ab", {"ac"}), std::nullopt);
  EXPECT_EQ(Nearest("", {"", "a"}), "");
  EXPECT_EQ(Nearest("abc", {}), std::nullopt);
}

TEST(Suggest, TiesGoToTheFirst) { EXPECT_EQ(Nearest("proxy", {"proxa", "proxb"}), "proxa"); }

TEST(Suggest, SurvivesHugeNames) {
  EXPECT_EQ(Nearest(std::string(1000000, 'a'), {"aaa"}), std::nullopt);
  const std::string huge(1000000, 'a');
  EXPECT_EQ(Nearest("aaaa", {huge, "aaab"}), "aaab");
}

}  // namespace
}  // namespace appnet::diag
