#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/file_system.h"
#include "tools/examples/compile_example.h"
#include "tools/examples/flow_file.h"
#include "tools/examples/judge.h"

namespace appnet::test {
namespace {

const std::string kExamples = APPNET_SOURCE_DIR "/examples";

std::vector<std::string> ExampleNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kExamples)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The newest binary policy of a store; reading one takes a second, so each is read once.
const sepolicy::Policy& BasePolicy(const std::string& store) {
  static std::map<std::string, std::unique_ptr<sepolicy::Policy>> read;
  std::unique_ptr<sepolicy::Policy>& policy = read[store];
  if (policy == nullptr) {
    const std::unique_ptr<base::FileSystem> files = base::RealFileSystem();
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator("/etc/selinux/" + store + "/policy")) {
      newest = std::max(newest, entry.path().string());
    }
    base::Result<sepolicy::Policy> result = sepolicy::Policy::Read(files->Read(newest).value(), store);
    policy = std::make_unique<sepolicy::Policy>(std::move(result).value());
  }
  return *policy;
}

class Examples : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  static std::string Folder() { return kExamples + "/" + std::get<0>(GetParam()); }
  static std::string Source() { return Folder() + "/" + std::get<0>(GetParam()) + ".appnet"; }
};

TEST_P(Examples, FlowsPassAndFailAsListed) {
  const auto text = base::RealFileSystem()->Read(Folder() + "/flows.txt");
  ASSERT_TRUE(text.ok()) << "each example says what passes";
  const auto flows = ReadFlows(text.value());
  ASSERT_TRUE(std::holds_alternative<std::vector<ExpectedFlow>>(flows)) << std::get<std::string>(flows);

  const sepolicy::Policy& base = BasePolicy(std::get<1>(GetParam()));
  const auto compiled = CompileExample(Source(), base);
  ASSERT_TRUE(std::holds_alternative<ir::Policy>(compiled)) << std::get<std::string>(compiled);
  const auto& policy = std::get<ir::Policy>(compiled);

  int passing = 0;
  int denied = 0;
  for (const ExpectedFlow& flow : std::get<std::vector<ExpectedFlow>>(flows)) {
    SCOPED_TRACE(Folder() + "/flows.txt:" + std::to_string(flow.line));
    EXPECT_EQ(base.Find(flow.domain).kind, sepolicy::NameLookup::Kind::kType) << flow.domain << " is no type";
    for (const auto& setting : flow.booleans) {
      const std::string& boolean = setting.first;
      EXPECT_TRUE(base.FindBoolean(boolean) ||
                  std::ranges::any_of(policy.booleans, [&](const auto& own) { return own.name == boolean; }))
          << boolean << " is no boolean";
    }
    const Judgement judgement = Judge(policy, base, flow);
    const bool kernel_sends =
        flow.domain == policy.kernel_type && flow.direction != flow::Direction::kForward;
    EXPECT_EQ(judgement.inbound, flow.passes) << "the packet type is " << judgement.type;
    EXPECT_EQ(judgement.outbound, flow.passes || kernel_sends) << "the packet type is " << judgement.type;
    ++(flow.passes ? passing : denied);
  }
  EXPECT_GT(passing, 0);
  EXPECT_GT(denied, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Debian, Examples, testing::Combine(testing::ValuesIn(ExampleNames()), testing::Values("default", "mls")),
    [](const auto& info) { return std::get<0>(info.param) + "_" + std::get<1>(info.param); });

}  // namespace
}  // namespace appnet::test
