#pragma once
// Contract: what the backends wrote, read back and compared with the policy it was made from. A difference is
// a bug of ours: the process says what differs and ends with exit code 4, before anything is written.

#include <string>
#include <vector>

#include "base/output_file.h"
#include "ir/policy.h"
#include "verify/rules/compare.h"

namespace appnet::driver {

// Ends the process where there are differences; `what` is the text that has them.
void ReportDifferences(const std::string& what, const std::vector<std::string>& differences);

// The rule sets among the files of a policy's artifact.
verify::rules::RuleTexts RuleTextsOf(const std::string& policy_name,
                                     const std::vector<base::OutputFile>& files);

void ReadBack(const ir::Policy& policy, const std::vector<base::OutputFile>& parts);

}  // namespace appnet::driver
