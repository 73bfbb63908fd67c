#include <algorithm>
#include <string>
#include <vector>

#include "artifact/check_contexts.h"
#include "artifact/check_installer.h"
#include "artifact/check_manifest.h"
#include "artifact/check_parts.h"
#include "artifact/flow_table.h"
#include "artifact/read_manifest.h"
#include "artifact/sums.h"
#include "base/check.h"
#include "fuzz/compile.h"
#include "fuzz/targets.h"
#include "verify/module_check.h"
#include "verify/rules/compare.h"

namespace appnet::fuzz {
namespace {

using Files = std::vector<base::OutputFile>;

constexpr std::string_view kPolicy =
    "policy kiosk; boolean guests = false; unmatched audit; unmatched forward audit; enforce always;"
    "domain mozilla_t { connect tcp/443 to 10.0.0.0/8; if guests { connect udp/53 via \"eth*\"; } }"
    "domain sshd_t { audit accept tcp/22; } forward tcp/443 as mozilla_t;"
    "label http_client_packet_t { connect tcp/8080; }";

std::string* FileNamed(Files& files, std::string_view name) {
  const auto file = std::ranges::find(files, name, &base::OutputFile::name);
  return file == files.end() ? nullptr : &file->bytes;
}

// Everything that `verify` does without a policy, whatever was wrong before; how many problems it has.
std::size_t Problems(Files& files) {
  std::size_t problems = artifact::CheckSums(files).size();
  const std::string& text = *FileNamed(files, "manifest.json");
  base::Result<artifact::ManifestContents> manifest = artifact::ReadManifest(text);
  if (!manifest) return problems + 1;
  ir::Policy& policy = manifest.value().policy;
  problems += artifact::CheckParts(manifest.value(), files).size();
  problems += artifact::CheckManifest(manifest.value(), text, files).size();
  problems += artifact::CheckInstaller(policy.name, files, true).size();
  problems += artifact::CheckContexts(manifest.value(), files).size();
  problems += verify::CheckModule(*FileNamed(files, "kiosk.cil"), policy).size();
  const std::string& table = *FileNamed(files, "kiosk.flows");
  if (!artifact::ReadFlowTable(table, policy)) return problems + 1;
  APPNET_CHECK(artifact::FlowTable(policy) == table, "a flow table is read as another one");
  const verify::rules::RuleTexts rules{*FileNamed(files, "kiosk.nft"), *FileNamed(files, "kiosk.rules.v4"),
                                       *FileNamed(files, "kiosk.rules.v6")};
  return problems + verify::rules::CompareRules(policy, rules).size();
}

}  // namespace

const std::vector<base::OutputFile>& ArtifactToChange() {
  static const Files files = [] {
    auto made = Compile(kPolicy);
    APPNET_CHECK(made.has_value(), "the fuzzers' policy has errors");
    return *std::move(made);
  }();
  return files;
}

bool FuzzArtifact(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  Files files = ArtifactToChange();
  std::string* const changed = FileNamed(files, text.substr(0, end));
  if (changed == nullptr) return false;
  const std::string before = *changed;
  changed->assign(text.substr(std::min(end + 1, text.size())));
  const bool same = *changed == before;
  const std::size_t problems = Problems(files);
  APPNET_CHECK(!same || problems == 0, "an artifact as it was built does not verify");
  APPNET_CHECK(same || problems > 0, "a changed artifact verifies");
  return same;
}

}  // namespace appnet::fuzz
