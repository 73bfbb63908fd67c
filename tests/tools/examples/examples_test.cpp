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

// An example's policy and what must pass under it: NAME/NAME.appnet with flows.txt, NAME/STEP.appnet with
// STEP.flows.txt.
struct Example {
  std::string source;
  std::string flows;
  std::string name;
};

std::vector<Example> AllExamples() {
  std::vector<Example> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kExamples)) {
    if (entry.path().extension() != ".appnet") continue;
    const std::string folder = entry.path().parent_path().string();
    const std::string stem = entry.path().stem().string();
    const std::string name = entry.path().parent_path().filename().string();
    const bool whole = stem == name;
    found.push_back({entry.path().string(), folder + (whole ? "/flows.txt" : "/" + stem + ".flows.txt"),
                     whole ? name : name + "_" + stem});
    std::ranges::replace(found.back().name, '-', '_');
  }
  std::ranges::sort(found, {}, &Example::name);
  return found;
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

class Examples : public testing::TestWithParam<std::tuple<Example, std::string>> {};

TEST_P(Examples, FlowsPassAndFailAsListed) {
  const Example& example = std::get<0>(GetParam());
  const auto text = base::RealFileSystem()->Read(example.flows);
  ASSERT_TRUE(text.ok()) << example.source << " does not say what passes";
  const auto flows = ReadFlows(text.value());
  ASSERT_TRUE(std::holds_alternative<std::vector<ExpectedFlow>>(flows)) << std::get<std::string>(flows);

  const sepolicy::Policy& base = BasePolicy(std::get<1>(GetParam()));
  const auto compiled = CompileExample(example.source, base);
  ASSERT_TRUE(std::holds_alternative<ir::Policy>(compiled)) << std::get<std::string>(compiled);
  const auto& policy = std::get<ir::Policy>(compiled);

  int passing = 0;
  int denied = 0;
  for (const ExpectedFlow& flow : std::get<std::vector<ExpectedFlow>>(flows)) {
    SCOPED_TRACE(example.flows + ":" + std::to_string(flow.line));
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
    Debian, Examples, testing::Combine(testing::ValuesIn(AllExamples()), testing::Values("default", "mls")),
    [](const auto& info) { return std::get<0>(info.param).name + "_" + std::get<1>(info.param); });

}  // namespace
}  // namespace appnet::test
