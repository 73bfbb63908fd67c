#include "driver/read_back.h"

#include <fmt/format.h>

#include "base/check.h"
#include "verify/module_check.h"
#include "verify/rules/compare.h"

namespace appnet::driver {
namespace {

constexpr std::size_t kShown = 20;

std::vector<std::string> RuleDifferences(const ir::Policy& policy,
                                         const std::vector<base::OutputFile>& parts) {
  verify::rules::RuleTexts texts;
  for (const base::OutputFile& part : parts) {
    if (part.name == policy.name + ".nft") texts.nftables = part.bytes;
    if (part.name == policy.name + ".rules.v4") texts.iptables_v4 = part.bytes;
    if (part.name == policy.name + ".rules.v6") texts.iptables_v6 = part.bytes;
  }
  std::vector<std::string> differences;
  for (verify::rules::Mismatch& mismatch : verify::rules::CompareRules(policy, texts))
    differences.push_back(std::move(mismatch.text));
  return differences;
}

}  // namespace

void ReportDifferences(const std::string& what, const std::vector<std::string>& differences) {
  if (differences.empty()) return;
  std::string text = fmt::format("{} does not say what the policy says; nothing is written", what);
  for (std::size_t i = 0; i < differences.size() && i < kShown; ++i) text += "\n  " + differences[i];
  if (differences.size() > kShown) text += fmt::format("\n  and {} more", differences.size() - kShown);
  base::ReportBug(__FILE__, __LINE__, text);
}

void ReadBack(const ir::Policy& policy, const std::vector<base::OutputFile>& parts) {
  for (const base::OutputFile& part : parts) {
    if (part.name == policy.name + ".cil")
      ReportDifferences(part.name, verify::CheckModule(part.bytes, policy));
  }
  ReportDifferences("one of the rule sets", RuleDifferences(policy, parts));
}

}  // namespace appnet::driver
