#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "artifact/pack.h"
#include "artifact/sums.h"
#include "base/digest.h"
#include "unit/artifact/sample_policy.h"

namespace appnet::artifact {
namespace {

using Files = std::vector<base::OutputFile>;

std::vector<std::string> NamesOf(const Files& files) {
  std::vector<std::string> names;
  for (const auto& file : files) names.push_back(file.name);
  return names;
}

const base::OutputFile& Find(const Files& files, const std::string& name) {
  static const base::OutputFile missing;
  const auto it = std::ranges::find(files, name, &base::OutputFile::name);
  EXPECT_NE(it, files.end()) << name;
  return it == files.end() ? missing : *it;
}

Files Bundled() { return Bundle(SamplePolicy(), SampleParts(), SampleInputs()); }

nlohmann::json ManifestOf(const Files& files) {
  return nlohmann::json::parse(Find(files, "manifest.json").bytes);
}

TEST(Bundle, HasTheFilesOfTheContractSorted) {
  const std::vector<std::string> expected = {"Makefile",
                                             "SHA256SUMS",
                                             "appnet-rules",
                                             "appnet.service",
                                             "install.sh",
                                             "manifest.json",
                                             "modules-load.conf",
                                             "nftables-drop-in.conf",
                                             "transition.awk",
                                             "workstation.cil",
                                             "workstation.flows",
                                             "workstation.nft",
                                             "workstation.rules.v4",
                                             "workstation.rules.v6"};
  EXPECT_EQ(NamesOf(Bundled()), expected);
}

TEST(Bundle, IsTheSameWhateverTheOrderOfTheParts) {
  Files parts = SampleParts();
  std::ranges::reverse(parts);
  const Files one = Bundled();
  const Files other = Bundle(SamplePolicy(), parts, SampleInputs());
  ASSERT_EQ(NamesOf(one), NamesOf(other));
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].bytes, other[i].bytes) << one[i].name;
}

TEST(Bundle, OnlyProgramsAreExecutable) {
  for (const auto& file : Bundled()) {
    EXPECT_EQ(file.executable, file.name == "appnet-rules" || file.name == "install.sh") << file.name;
  }
}

TEST(Bundle, LeavesNoPlaceholder) {
  for (const auto& file : Bundled()) {
    EXPECT_EQ(file.bytes.find("@NAME@"), std::string::npos) << file.name;
    EXPECT_EQ(file.bytes.find("@BACKENDS@"), std::string::npos) << file.name;
  }
}

TEST(Bundle, SumsCoverEveryOtherFile) {
  Files files = Bundled();
  EXPECT_TRUE(CheckSums(files).empty());
  const std::string& sums = Find(files, "SHA256SUMS").bytes;
  EXPECT_EQ(std::ranges::count(sums, '\n'), static_cast<std::ptrdiff_t>(files.size()) - 1);
  EXPECT_NE(sums.find(base::Sha256("(type appnet_proxy_t)\n") + "  workstation.cil\n"), std::string::npos);
}

TEST(Bundle, ManifestDigestsEveryPart) {
  const Files files = Bundled();
  const auto manifest = ManifestOf(files);
  EXPECT_EQ(manifest["parts"].size(), files.size() - 2);
  for (const auto& part : manifest["parts"]) {
    const auto& file = Find(files, part["name"]);
    EXPECT_EQ(part["sha256"], base::Sha256(file.bytes));
    EXPECT_EQ(part["size"], file.bytes.size());
  }
}

TEST(Bundle, ManifestSaysWhatWasCompiledFromWhat) {
  const auto manifest = ManifestOf(Bundled());
  EXPECT_EQ(manifest["format_version"], 1);
  EXPECT_EQ(manifest["name"], "workstation");
  EXPECT_EQ(manifest["compiler"]["version"], "0.1.0");
  EXPECT_EQ(manifest["sources"][0]["name"], "workstation.appnet");
  EXPECT_EQ(manifest["sources"][0]["sha256"], std::string(64, 'a'));
  EXPECT_EQ(manifest["base_policy"]["version"], 33);
  EXPECT_EQ(manifest["base_policy"]["mls"], true);
  EXPECT_EQ(manifest["base_policy"]["sha256"], std::string(64, 'b'));
  EXPECT_EQ(manifest["unmatched"]["local"], "appnet_unmatched_t");
  EXPECT_EQ(manifest["unmatched"]["forward"], "unlabeled_t");
}

TEST(Bundle, ManifestTracesTypesToRules) {
  const auto manifest = ManifestOf(Bundled());
  const auto& type = manifest["packet_types"][0];
  EXPECT_EQ(type["type"], "appnet_proxy_t");
  EXPECT_EQ(type["context"], "system_u:object_r:appnet_proxy_t:s0");
  EXPECT_EQ(type["kind"], "class");
  EXPECT_EQ(type["grants"][0],
            nlohmann::json::parse(R"({"domain":"chromium_t","when":null,"audited":false})"));
  EXPECT_EQ(type["grants"][1]["when"], "browser_direct");
  EXPECT_EQ(type["grants"][1]["audited"], true);
  EXPECT_EQ(type["grants"][1]["audited_when"], "browser_direct");
  ASSERT_EQ(type["rules"], nlohmann::json({0, 1}));
  EXPECT_EQ(manifest["rules"][0]["at"], "workstation.appnet:14");
  EXPECT_EQ(manifest["rules"][0]["owner"], "ops");
  EXPECT_EQ(manifest["rules"][1]["used_at"][0], "workstation.appnet:20");
  EXPECT_EQ(manifest["rules"][1]["expires"], "2031-01-31");
}

TEST(Bundle, ManifestNamesWhatTheTargetNeeds) {
  const auto needs = ManifestOf(Bundled())["requires"];
  EXPECT_EQ(needs["types"], nlohmann::json({"chromium_t", "http_client_packet_t", "iptables_t", "kernel_t",
                                            "mozilla_t", "unconfined_t", "unlabeled_t"}));
  EXPECT_EQ(needs["attributes"], nlohmann::json::array());
  EXPECT_EQ(needs["booleans"], nlohmann::json({"httpd_can_network_connect"}));
  EXPECT_EQ(needs["classes"]["packet"], nlohmann::json({"recv", "relabelto", "send"}));
  EXPECT_EQ(needs["mls_level"], "s0");
}

TEST(Bundle, ManifestNamesTheDomainAttributeOnlyWhereItIsUsed) {
  ir::Policy policy = SamplePolicy();
  policy.labels[2].kind = ir::LabelKind::kUnmatchedAudit;
  auto needs = ManifestOf(Bundle(policy, SampleParts(), SampleInputs()))["requires"];
  EXPECT_EQ(needs["attributes"], nlohmann::json({"domain"}));

  policy.domain_attribute.clear();
  policy.all_domains = {"rare_t"};
  needs = ManifestOf(Bundle(policy, SampleParts(), SampleInputs()))["requires"];
  EXPECT_EQ(needs["attributes"], nlohmann::json::array());
  EXPECT_NE(std::ranges::find(needs["types"], "rare_t"), needs["types"].end());
}

TEST(Bundle, ManifestWithoutMlsHasNoLevel) {
  ir::Policy policy = SamplePolicy();
  for (auto& label : policy.labels) label.context = "system_u:object_r:" + label.type;
  EXPECT_TRUE(ManifestOf(Bundle(policy, SampleParts(), SampleInputs()))["requires"]["mls_level"].is_null());
}

TEST(Bundle, ManifestSurvivesNamesThatAreNoText) {
  Inputs inputs = SampleInputs();
  inputs.sources[0].name = "we\xff\"ird\n.appnet";
  const auto manifest = ManifestOf(Bundle(SamplePolicy(), SampleParts(), inputs));
  EXPECT_EQ(manifest["sources"][0]["name"], "we\xef\xbf\xbd\"ird\n.appnet");
}

TEST(Bundle, ABackendWithoutPartsIsNotOffered) {
  Files parts = SampleParts();
  std::erase_if(parts, [](const auto& part) { return part.name.ends_with(".nft"); });
  const Files files = Bundle(SamplePolicy(), parts, SampleInputs());
  EXPECT_NE(Find(files, "Makefile").bytes.find("BACKENDS = iptables\n"), std::string::npos);
  EXPECT_EQ(ManifestOf(files)["backends"], nlohmann::json({"iptables"}));
  EXPECT_EQ(Find(files, "modules-load.conf").bytes.find("nf_tables"), std::string::npos);
}

TEST(Bundle, ListsTheKernelModulesThatTheRulesUse) {
  const Files files = Bundled();
  const std::string& list = Find(files, "modules-load.conf").bytes;
  const std::size_t iptables = list.find("# backend iptables\n");
  ASSERT_NE(iptables, std::string::npos);
  EXPECT_EQ(list.substr(list.find("# backend nft"), iptables - list.find("# backend nft")),
            "# backend nft\nnf_conntrack\nnf_tables\nnft_ct\nnft_objref\n");
  EXPECT_EQ(list.substr(iptables),
            "# backend iptables\nip6_tables\nip6table_mangle\nip_tables\niptable_security\nnf_conntrack\n"
            "xt_CONNSECMARK\nxt_SECMARK\nxt_conntrack\nxt_iprange\n");
}

}  // namespace
}  // namespace appnet::artifact
