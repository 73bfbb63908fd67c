#include "verify/module_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "verify/module_expectation.h"

namespace appnet::verify {
namespace {

std::string Shown(bool value) { return value ? "true" : "false"; }
std::string Shown(const Module::NameSet& members) {
  std::string text;
  for (const std::string& member : members) text += (text.empty() ? "" : " ") + member;
  return "(" + text + ")";
}

void CompareNames(std::string_view what, const Module::NameSet& wanted, const Module::NameSet& found,
                  std::vector<std::string>& differences) {
  for (const std::string& name : wanted) {
    if (!found.contains(name)) differences.push_back(fmt::format("the {} `{}` is missing", what, name));
  }
  for (const std::string& name : found) {
    if (!wanted.contains(name))
      differences.push_back(fmt::format("the {} `{}` is not the policy's", what, name));
  }
}

template <typename Map>
void CompareMaps(std::string_view what, const Map& wanted, const Map& found,
                 std::vector<std::string>& differences) {
  for (const auto& [name, value] : wanted) {
    const auto other = found.find(name);
    if (other == found.end()) {
      differences.push_back(fmt::format("the {} `{}` is missing", what, name));
    } else if (other->second != value) {
      differences.push_back(fmt::format("the {} `{}` is {}, but the policy says {}", what, name,
                                        Shown(other->second), Shown(value)));
    }
  }
  for (const auto& [name, value] : found) {
    if (!wanted.contains(name))
      differences.push_back(fmt::format("the {} `{}` is not the policy's", what, name));
  }
}

}  // namespace

std::vector<std::string> CheckModule(std::string_view cil, const ir::Policy& policy) {
  Names names;
  flow::Conditions conditions = policy.conditions;  // keeps the ids of the policy's own, and its limit
  std::map<std::string, std::vector<std::string>, std::less<>> base_attributes;
  if (!policy.domain_attribute.empty()) base_attributes.emplace(policy.domain_attribute, policy.all_domains);
  base::Result<Module> found = ReadModule(cil, base_attributes, names, conditions);
  if (!found) return {found.error().message};
  Module wanted = ExpectedModule(policy, names, conditions);
  std::vector<std::string> differences;
  CompareNames("type", wanted.types, found.value().types, differences);
  CompareMaps("attribute", wanted.attributes, found.value().attributes, differences);
  CompareMaps("boolean", wanted.booleans, found.value().booleans, differences);
  CompareNames("policy capability", wanted.capabilities, found.value().capabilities, differences);
  const std::vector<Difference> rights = Differences(wanted.rights, found.value().rights);
  if (conditions.exceeded()) return {"its conditions are larger than can be compared"};
  std::vector<std::string> sentences;
  for (const Difference& difference : rights)
    std::ranges::move(Sentences(difference, names, conditions), std::back_inserter(sentences));
  std::ranges::sort(sentences);
  std::ranges::move(sentences, std::back_inserter(differences));
  return differences;
}

}  // namespace appnet::verify
