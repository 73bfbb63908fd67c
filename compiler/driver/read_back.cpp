#include "driver/read_back.h"

#include <fmt/format.h>

#include "base/check.h"
#include "verify/module_check.h"

namespace appnet::driver {
namespace {

constexpr std::size_t kShown = 20;

}  // namespace

void ReportDifferences(const std::string& what, const std::vector<std::string>& differences) {
  if (differences.empty()) return;
  std::string text = fmt::format("{} does not say what the policy says; nothing is written", what);
  for (std::size_t i = 0; i < differences.size() && i < kShown; ++i) text += "\n  " + differences[i];
  if (differences.size() > kShown) text += fmt::format("\n  and {} more", differences.size() - kShown);
  base::ReportBug(__FILE__, __LINE__, text);
}

verify::rules::RuleTexts RuleTextsOf(const std::string& policy_name,
                                     const std::vector<base::OutputFile>& files) {
  verify::rules::RuleTexts texts;
  for (const base::OutputFile& file : files) {
    if (file.name == policy_name + ".nft") texts.nftables = file.bytes;
    if (file.name == policy_name + ".rules.v4") texts.iptables_v4 = file.bytes;
    if (file.name == policy_name + ".rules.v6") texts.iptables_v6 = file.bytes;
  }
  return texts;
}

void ReadBack(const ir::Policy& policy, const std::vector<base::OutputFile>& parts) {
  for (const base::OutputFile& part : parts) {
    if (part.name == policy.name + ".cil")
      ReportDifferences(part.name, verify::CheckModule(part.bytes, policy));
  }
  std::vector<std::string> differences;
  for (auto& mismatch : verify::rules::CompareRules(policy, RuleTextsOf(policy.name, parts)))
    differences.push_back(std::move(mismatch.text));
  ReportDifferences("one of the rule sets", differences);
}

}  // namespace appnet::driver
