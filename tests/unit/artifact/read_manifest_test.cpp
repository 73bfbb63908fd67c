#include "artifact/read_manifest.h"

#include <gtest/gtest.h>

#include "artifact/check_manifest.h"
#include "artifact/check_parts.h"
#include "artifact/manifest.h"
#include "base/digest.h"
#include "unit/artifact/sample_policy.h"

namespace appnet::artifact {
namespace {

ir::Policy Sample() {
  ir::Policy policy = SamplePolicy();
  policy.kernel_attribute = "appnet_kernel";
  policy.loader_attribute = "appnet_loader";
  policy.transit_types = {"mozilla_t"};
  policy.all_domains = {"chromium_t", "mozilla_t"};
  return policy;
}

std::string Text(const ir::Policy& policy) { return Manifest(policy, SampleParts(), SampleInputs()); }

std::string ErrorOf(const std::string& text) {
  const base::Result<ManifestContents> read = ReadManifest(text);
  return read.ok() ? "no error" : read.error().message;
}

TEST(ReadManifest, GivesBackWhatTheModuleIsComparedWith) {
  ir::Policy policy = Sample();
  const base::Result<ManifestContents> read = ReadManifest(Text(policy));
  ASSERT_TRUE(read.ok()) << read.error().message;
  const ir::Policy& again = read.value().policy;
  EXPECT_EQ(again.name, policy.name);
  ASSERT_EQ(again.labels.size(), policy.labels.size());
  for (std::size_t i = 0; i < policy.labels.size(); ++i) {
    EXPECT_EQ(again.labels[i].type, policy.labels[i].type);
    EXPECT_EQ(again.labels[i].kind, policy.labels[i].kind);
    EXPECT_EQ(again.labels[i].own, policy.labels[i].own);
    EXPECT_EQ(again.labels[i].context, policy.labels[i].context);
    ASSERT_EQ(again.labels[i].grants.size(), policy.labels[i].grants.size());
  }
  const ir::Grant& grant = again.labels[0].grants[1];
  EXPECT_EQ(grant.domain, "mozilla_t");
  EXPECT_EQ(again.conditions.Text(grant.allowed), "browser_direct");
  EXPECT_EQ(grant.audited, grant.allowed);
  EXPECT_EQ(again.labels[0].grants[0].allowed, flow::kAlways);
  EXPECT_EQ(again.loaders, policy.loaders);
  EXPECT_EQ(again.kernel_type, "kernel_t");
  EXPECT_EQ(again.kernel_attribute, "appnet_kernel");
  EXPECT_EQ(again.domain_attribute, "domain");
  EXPECT_TRUE(again.all_domains.empty());  // no rule speaks of all domains
  EXPECT_EQ(again.transit_types, policy.transit_types);
  ASSERT_EQ(again.missing_relabelto.size(), 1U);
  EXPECT_EQ(again.missing_relabelto[0].second, "unlabeled_t");
  ASSERT_EQ(again.booleans.size(), 1U);
  EXPECT_EQ(again.booleans[0].name, "browser_direct");
  EXPECT_EQ(read.value().backends, (std::vector<std::string>{"nft", "iptables"}));
  EXPECT_EQ(read.value().requirements.booleans, policy.required_booleans);
  EXPECT_EQ(read.value().requirements.level, "s0");
}

TEST(ReadManifest, NamesTheKeyThatIsWrong) {
  const std::string text = Text(Sample());
  const auto without = [&](const std::string& part, const std::string& other) {
    std::string changed = text;
    const std::size_t at = changed.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return changed.replace(at, part.size(), other);
  };
  EXPECT_EQ(ErrorOf(without("\"own\":true", "\"own\":1")),
            "manifest.json: `own` is missing or is no truth value");
  EXPECT_EQ(ErrorOf(without("\"when\":\"browser_direct\"", "\"when\":\"a and\"")),
            "manifest.json: `when` is missing or is no condition of at most 12 booleans");
  EXPECT_EQ(ErrorOf(without("\"when\":null,", "")), "manifest.json: `when` is missing or is no text");
  EXPECT_EQ(ErrorOf(without("\"kind\":\"class\"", "\"kind\":\"glass\"")),
            "manifest.json: `kind` is missing or is no kind of packet type");
  EXPECT_EQ(ErrorOf(without("\"loaders\"", "\"loader\"")),
            "manifest.json: `loaders` is missing or is no list");
  EXPECT_EQ(ErrorOf(without("\"format_version\": 1", "\"format_version\": 9")),
            "manifest.json has the format 9, and this appnetc reads 1");
  EXPECT_EQ(ErrorOf(text.substr(0, text.size() / 2)), "manifest.json is no JSON, or is cut short");
  EXPECT_EQ(ErrorOf("[]"), "manifest.json has no `format_version`");
}

TEST(CheckParts, EveryPartAndNothingElse) {
  const base::Result<ManifestContents> manifest = ReadManifest(Text(Sample()));
  ASSERT_TRUE(manifest.ok());
  std::vector<base::OutputFile> files = SampleParts();
  EXPECT_EQ(CheckParts(manifest.value(), files), std::vector<std::string>{"workstation.flows is missing"});
  files.push_back({"more", "", false});
  files[0].bytes += " ";
  files.erase(files.begin() + 1);
  const std::vector<std::string> wanted{"workstation.nft differs from manifest.json",
                                        "workstation.cil is in manifest.json but missing",
                                        "more is not in manifest.json", "workstation.flows is missing"};
  EXPECT_EQ(CheckParts(manifest.value(), files), wanted);
}

std::vector<std::string> ProblemsOf(const std::string& text) {
  const base::Result<ManifestContents> manifest = ReadManifest(text);
  if (!manifest) return {manifest.error().message};
  return CheckManifest(manifest.value(), text, SampleParts());
}

// What the table of a policy's own labels must be like is more than the sample has.
ir::Policy Consistent() {
  ir::Policy policy = Sample();
  policy.required_booleans = {};
  std::swap(policy.labels[2], policy.labels[3]);
  policy.unmatched = 3;
  policy.unmatched_forward = policy.transit = 2;
  return policy;
}

TEST(CheckManifest, ASaidThingThatDoesNotFollow) {
  const std::string text = Text(Consistent());
  EXPECT_EQ(ProblemsOf(text), std::vector<std::string>());
  const auto with = [&](const std::string& part, const std::string& other) {
    std::string changed = text;
    const std::size_t at = changed.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    return ProblemsOf(changed.replace(at, part.size(), other));
  };
  using Problems = std::vector<std::string>;
  EXPECT_EQ(with("\"id\":1", "\"id\":2"),
            Problems{"manifest.json: `rules.1.id` is 2, but all the rest of it comes to 1"});
  EXPECT_EQ(
      with("\"nft\"", "\"nft\",\"ipfw\""),
      Problems{"manifest.json: `backends` is a list of 3, but all the rest of it comes to a list of 2"});
  EXPECT_EQ(with("\"id\":1", "\"more\":[],\"id\":1"),
            Problems{"manifest.json: `rules.1.more` is no key of it"});
  EXPECT_EQ(with("{", "{ "), Problems{"manifest.json: it is in another form than appnetc writes"});
  EXPECT_EQ(with("\"name\": \"workstation\"", "\"name\": \"x\", \"name\": \"workstation\""),
            Problems{"manifest.json: it is in another form than appnetc writes"});
  EXPECT_EQ(with("\"mls\":true", "\"mls\":false"),
            Problems{"manifest.json: there must be an MLS level just where the base policy has MLS"});
  EXPECT_EQ(with("u:object_r:http_client_packet_t:s0", "u:object_r:http_client_packet_t:s1"),
            Problems{"manifest.json: the packet type `http_client_packet_t` has the context "
                     "`system_u:object_r:http_client_packet_t:s1`, but others are as "
                     "`system_u:object_r:*:s0`"});
  EXPECT_EQ(with("u:object_r:http_client_packet_t:s0", "u:object_r:http_client_t:s0"),
            Problems{"manifest.json: the packet type `http_client_packet_t` has the context "
                     "`system_u:object_r:http_client_t:s0` of another type"});
}

TEST(CheckManifest, LabelsThatNoPolicyHas) {
  const auto with = [](const auto& change) {
    ir::Policy policy = Consistent();
    change(policy);
    return ProblemsOf(Text(policy));
  };
  using Problems = std::vector<std::string>;
  const std::string proxy = "manifest.json: the packet type `appnet_proxy_t` ";
  EXPECT_EQ(with([](ir::Policy& policy) {
              policy.labels[0].rules = {0, 7};
            }),
            Problems{proxy + "names a rule that there is none of"});
  EXPECT_EQ(with([](ir::Policy& policy) {
              policy.labels[0].rules = {1, 0};
            }),
            Problems{proxy + "has rules that are not sorted"});
  EXPECT_EQ(
      with([](ir::Policy& policy) { std::swap(policy.labels[0].grants[0], policy.labels[0].grants[1]); }),
      Problems{proxy + "has grants that are not sorted"});
  EXPECT_EQ(with([](ir::Policy& policy) { policy.labels[3].grants = policy.labels[0].grants; }),
            Problems{"manifest.json: the packet type `appnet_unmatched_t` has grants, but no rule makes it"});
  EXPECT_EQ(with([](ir::Policy& policy) { policy.labels[0].grants = {}; }), Problems{});
  EXPECT_EQ(with([](ir::Policy& policy) { policy.labels[0].own = false; }),
            Problems{proxy + "must be the module's own just where it is none of the base policy"});
  EXPECT_EQ(
      with([](ir::Policy& policy) { policy.labels.insert(policy.labels.begin(), policy.labels[0]); }).front(),
      proxy + "is there twice");
  EXPECT_EQ(with([](ir::Policy& policy) { policy.unmatched = 0; }),
            Problems{proxy + "can't be what unmatched packets carry"});
  EXPECT_EQ(with([](ir::Policy& policy) { policy.unmatched_forward = policy.transit = 3; }),
            Problems{"manifest.json: the packet type `appnet_unmatched_t` can't be what unmatched forwarded "
                     "packets carry"});
  EXPECT_EQ(
      with([](ir::Policy& policy) { policy.transit = 1; }),
      Problems{
          "manifest.json: the packet type `http_client_packet_t` can't be what new forwarded packets carry"});
  EXPECT_EQ(with([](ir::Policy& policy) { std::swap(policy.labels[1], policy.labels[2]); }),
            (Problems{"manifest.json: the packet type `http_client_packet_t` stands in the wrong place"}));
}

}  // namespace
}  // namespace appnet::artifact
