#include "verify/rules/compare.h"

#include <fmt/format.h>

#include <unordered_map>
#include <variant>

#include "verify/rules/compare_hooks.h"
#include "verify/rules/lookups.h"
#include "verify/rules/read_iptables.h"
#include "verify/rules/read_nftables.h"

namespace appnet::verify::rules {
namespace {

struct Text {
  std::string_view name;  // "nftables"
  std::variant<Ruleset, Refusal> read;
};

// Every name and wildcard of interfaces that a text tests.
void AddPatterns(const Ruleset& ruleset, std::vector<std::string>& patterns) {
  for (const Chain& chain : ruleset.chains) {
    for (const Rule& rule : chain.rules) {
      for (const Step& step : rule.steps) {
        if (const auto* test = std::get_if<PacketTest>(&step))
          patterns.insert(patterns.end(), test->names.begin(), test->names.end());
        if (const auto* map = std::get_if<VerdictMap>(&step)) {
          for (const VerdictMap::Element& element : map->elements) {
            if (!element.name.empty()) patterns.push_back(element.name);
          }
        }
      }
    }
  }
}

void AddPatterns(const flow::InterfaceClasses& classes, std::vector<std::string>& patterns) {
  for (flow::InterfaceClassId id = 0; id < classes.size(); ++id) {
    const flow::InterfaceClass& one = classes[id];
    if (one.kind == flow::InterfaceClass::Kind::kExact) patterns.push_back(one.text);
    if (one.kind == flow::InterfaceClass::Kind::kPrefix) patterns.push_back(one.text + "*");
  }
}

// The nft text names its labels: each name must be a label's type, and have that label's context.
void CompareLabels(const ir::Policy& policy, const Ruleset& ruleset, std::vector<Mismatch>& mismatches) {
  std::unordered_map<std::string_view, std::string_view> contexts;
  for (const ir::Label& label : policy.labels) contexts.emplace(label.type, label.context);
  for (const LabelObject& label : ruleset.labels) {
    const auto found = contexts.find(label.name);
    if (found == contexts.end()) {
      mismatches.push_back(
          {fmt::format("line {} of the nftables rules declares `{}`, which is no label of the policy",
                       label.line, label.name)});
    } else if (found->second != ruleset.contexts[label.context]) {
      mismatches.push_back(
          {fmt::format("line {} of the nftables rules gives `{}` the context \"{}\", the policy \"{}\"",
                       label.line, label.name, ruleset.contexts[label.context], found->second)});
    }
  }
}

struct Texts {
  std::vector<Text> all;
  std::vector<std::string> patterns;
  std::vector<Mismatch> mismatches;  // texts that cannot be read
};

Texts ReadTexts(const RuleTexts& texts) {
  Texts read;
  if (texts.nftables) read.all.push_back({"nftables", ReadNftables(*texts.nftables)});
  if (texts.iptables_v4) read.all.push_back({"iptables", ReadIptables(*texts.iptables_v4, Family::kIpv4)});
  if (texts.iptables_v6) read.all.push_back({"ip6tables", ReadIptables(*texts.iptables_v6, Family::kIpv6)});
  for (Text& text : read.all) {
    if (const auto* ruleset = std::get_if<Ruleset>(&text.read)) {
      if (auto loop = FindLoop(*ruleset)) text.read = *loop;
    }
    if (const auto* refusal = std::get_if<Refusal>(&text.read)) {
      read.mismatches.push_back({fmt::format("line {} of the {} rules cannot be read back: {}", refusal->line,
                                             text.name, refusal->why)});
    } else {
      AddPatterns(std::get<Ruleset>(text.read), read.patterns);
    }
  }
  return read;
}

}  // namespace

std::vector<Mismatch> CompareRules(const ir::Policy& policy, const RuleTexts& texts) {
  Texts read = ReadTexts(texts);
  AddPatterns(policy.interfaces, read.patterns);
  FlowSpace space{flow::InterfaceClasses(read.patterns)};
  std::vector<Mismatch> mismatches = std::move(read.mismatches);
  PolicyFunctions functions(policy, space);
  for (const Text& text : read.all) {
    const auto* ruleset = std::get_if<Ruleset>(&text.read);
    if (ruleset == nullptr) continue;
    CompareLabels(policy, *ruleset, mismatches);
    CompareHooks(text.name, *ruleset, space, functions, mismatches);
  }
  if (space.diagram().exceeded()) mismatches.push_back({"the rules are too many to compare"});
  return mismatches;
}

}  // namespace appnet::verify::rules
