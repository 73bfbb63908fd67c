#pragma once
// Contract: the generated rules against the policy they were made from, exactly: read back by readers that
// know nothing of the writers, they must give every packet, in every situation, the label that the contract
// in backend/README.md asks for.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/policy.h"

namespace appnet::verify::rules {

struct RuleTexts {
  std::optional<std::string_view> nftables;
  std::optional<std::string_view> iptables_v4;
  std::optional<std::string_view> iptables_v6;
};

struct Mismatch {
  std::string text;  // lower case, no full stop; names the rules and a flow, or the line
};

// Empty when the texts do just what the policy says. Otherwise the first mismatches; not all.
std::vector<Mismatch> CompareRules(const ir::Policy& policy, const RuleTexts& texts);

}  // namespace appnet::verify::rules
