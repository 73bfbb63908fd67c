// The emitted text goes through the real iptables-restore, in a network namespace of its own. SECMARK needs a
// kernel with SELinux, so packet and connection marks stand in for labels; nothing else of the text is
// changed.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "backend/iptables/emit.h"
#include "unit/iptables/random_policy.h"

namespace appnet::backend::iptables {
namespace {

void Replace(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string WithMarks(std::string text) {
  static constexpr std::string_view kBefore = "SECMARK --selctx system_u:object_r:appnet_";
  static constexpr std::string_view kAfter = "_packet_t:s0";
  Replace(text, kBefore, "MARK --set-xmark ");
  Replace(text, kAfter, "/0xffff");
  Replace(text, "CONNSECMARK --save", "CONNMARK --save-mark");
  Replace(text, "CONNSECMARK --restore", "CONNMARK --restore-mark");
  return text;
}

std::size_t RulesOf(const std::string& text) {
  std::size_t rules = 0;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    rules += line.starts_with("-A ") || line.starts_with("-I ") ? 1 : 0;
  return rules;
}

class Load : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root for a network namespace";
    if (std::system("unshare -n true 2>/dev/null") != 0) GTEST_SKIP() << "needs network namespaces";
    if (std::system(fmt::format("command -v {}-restore >/dev/null 2>&1", GetParam()).c_str()) != 0) {
      GTEST_SKIP() << "needs " << GetParam();
    }
    folder_ = std::filesystem::temp_directory_path() / fmt::format("appnet-load-{}-{}", getpid(), GetParam());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }

  // Loads the file of the tool's family twice; all of its rules must be there, the second time with the jumps
  // once more.
  void LoadTwice(const ir::Policy& policy) {
    const bool v6 = std::string_view(GetParam()).starts_with("ip6");
    const std::string text = WithMarks(Emit(policy)[v6 ? 1 : 0].bytes);
    const std::string file = folder_ / "rules";
    const std::string saved = folder_ / "saved";
    std::ofstream(file) << text;
    const std::string script = fmt::format(
        "unshare -n sh -ec '{0}-restore --noflush {1}; {0}-save >{2}; {0}-restore --noflush {1}; {0}-save "
        ">{2}2' "
        "2>{2}.messages",
        GetParam(), file, saved);
    ASSERT_EQ(std::system(script.c_str()), 0) << Read(saved + ".messages");
    EXPECT_EQ(RulesOf(Read(saved)), RulesOf(text));
    EXPECT_EQ(RulesOf(Read(saved + "2")), RulesOf(text) + 5);
  }

  static std::string Read(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
  }

  std::filesystem::path folder_;
};

TEST_P(Load, TakesAnEmptyPolicy) { LoadTwice(EmptyPolicy()); }

TEST_P(Load, TakesEveryKindOfRule) {
  for (const unsigned seed : {1U, 2U}) {
    Shape shape;
    shape.hosts = shape.networks = 2;
    LoadTwice(RandomPolicy(seed, shape).policy);
  }
}

TEST_P(Load, TakesManyHosts) {
  Shape shape;
  shape.interfaces = false;
  shape.hosts = 60;
  shape.services = 2;
  shape.selves = 1;
  LoadTwice(RandomPolicy(3, shape).policy);
}

TEST_P(Load, TakesOddInterfaceNames) {
  ir::Policy policy = EmptyPolicy({"a\"b\\", "pl+us*", "x'#", "-o", "!"});
  std::vector<Patch> patches;
  for (flow::Value id = 1; id < policy.interfaces.size(); ++id) {
    patches.push_back({{id, id}, policy.diagram.MakeLeaf(AddLabel(policy))});
  }
  policy.roots[0] = MakePatched(policy.diagram, ir::Field::kInterface, policy.interfaces.size() - 1,
                                policy.diagram.MakeLeaf(ir::kMiss), patches);
  LoadTwice(policy);
}

INSTANTIATE_TEST_SUITE_P(Variants, Load,
                         testing::Values("iptables-legacy", "iptables-nft", "ip6tables-legacy",
                                         "ip6tables-nft"));

}  // namespace
}  // namespace appnet::backend::iptables
