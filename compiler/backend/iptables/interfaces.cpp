#include "backend/iptables/interfaces.h"

#include <fmt/format.h>

#include <algorithm>

namespace appnet::backend::iptables {
namespace {

using flow::InterfaceClass;
using Kind = InterfaceClass::Kind;

constexpr std::size_t kLinear = 16;  // up to so many classes stay one chain

struct NameRule {
  std::string_view text;
  bool prefix = false;
  Target target = kReturn;
};

// What begins with the stem. Groups of one partition have stems of which none begins another.
struct Group {
  std::string_view stem;
  std::vector<NameRule> rules;
};

std::string Match(std::string_view option, std::string_view text, bool prefix) {
  std::string name(text);
  if (prefix) name += '+';
  if (name.find_first_of("\"\\") == std::string::npos) return fmt::format("{} {}", option, name);
  std::string quoted;
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return fmt::format("{} \"{}\"", option, quoted);
}

class Dispatcher {
 public:
  Dispatcher(Chains& chains, const flow::InterfaceClasses& classes, std::string_view option,
             const std::vector<Target>& targets)
      : chains_(chains), classes_(classes), option_(option), targets_(targets) {}

  Target Run(Place place) {
    std::vector<NameRule> rules;
    for (flow::InterfaceClassId id = place == Place::kElsewhere ? flow::kLoopback + 1 : 0;
         id + 1 < classes_.size(); ++id) {
      const InterfaceClass& one = classes_[id];
      const bool prefix = one.kind == Kind::kPrefix;
      const std::string_view around =
          prefix ? std::string_view(one.text).substr(0, one.text.size() - 1) : one.text;
      if (targets_[id] != ByPrefix(around)) rules.push_back({one.text, prefix, targets_[id]});
    }
    Draft draft(chains_);
    if (rules.size() <= kLinear) {
      AddRules(rules, draft);
    } else {
      AddGroups(std::move(rules), draft);
    }
    draft.Goto("", targets_.back());
    return chains_.Intern('d', draft);
  }

 private:
  // What a name has that begins with `text` and that no longer pattern speaks of.
  Target ByPrefix(std::string_view text) const {
    Target target = targets_.back();
    std::size_t longest = 0;
    // Prefixes stand before the last class, which is every other name.
    for (std::size_t id = classes_.size() - 2;
         id > 0 && classes_[static_cast<flow::InterfaceClassId>(id)].kind == Kind::kPrefix; --id) {
      const InterfaceClass& one = classes_[static_cast<flow::InterfaceClassId>(id)];
      if (!text.starts_with(one.text) || one.text.size() < longest) continue;
      longest = one.text.size();
      target = targets_[id];
    }
    return target;
  }

  // Exact names, then prefixes, the longest first.
  void AddRules(std::vector<NameRule> rules, Draft& draft) const {
    std::stable_sort(rules.begin(), rules.end(), [](const NameRule& a, const NameRule& b) {
      if (a.prefix != b.prefix) return b.prefix;
      return a.prefix && a.text.size() > b.text.size();
    });
    for (const NameRule& rule : rules) draft.Goto(Match(option_, rule.text, rule.prefix), rule.target);
  }

  // Two levels: stems that part the names into groups of about as many as there are groups, then the names.
  void AddGroups(std::vector<NameRule> rules, Draft& draft) {
    std::vector<Group> groups = {{"", std::move(rules)}};
    std::vector<NameRule> alone;  // not in any group
    while (true) {
      const auto largest = std::max_element(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
        return a.rules.size() < b.rules.size();
      });
      if (largest == groups.end() || largest->rules.size() <= std::max(kLinear, groups.size())) break;
      const Group group = std::move(*largest);
      groups.erase(largest);
      Part(group, groups, alone);
    }
    std::sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) { return a.stem < b.stem; });

    std::vector<NameRule> exact;
    std::copy_if(alone.begin(), alone.end(), std::back_inserter(exact),
                 [](const NameRule& rule) { return !rule.prefix; });
    AddRules(exact, draft);
    for (const Group& group : groups) {
      if (group.rules.size() == 1) {
        AddRules(group.rules, draft);
        continue;
      }
      Draft inner(chains_);
      AddRules(group.rules, inner);
      inner.Goto("", ByPrefix(group.stem));
      draft.Goto(Match(option_, group.stem, true), chains_.Intern('d', inner));
    }
    std::erase_if(alone, [](const NameRule& rule) { return !rule.prefix; });
    AddRules(alone, draft);
  }

  // By the next character; what ends at the stem stands alone.
  static void Part(const Group& group, std::vector<Group>& groups, std::vector<NameRule>& alone) {
    const std::size_t length = group.stem.size() + 1;
    const std::size_t begin = groups.size();
    for (const NameRule& rule : group.rules) {
      if (rule.text.size() < length) {
        alone.push_back(rule);
        continue;
      }
      const std::string_view stem = rule.text.substr(0, length);
      auto same = std::find_if(groups.begin() + static_cast<std::ptrdiff_t>(begin), groups.end(),
                               [&](const Group& other) { return other.stem == stem; });
      if (same == groups.end()) same = groups.insert(groups.end(), Group{stem, {}});
      same->rules.push_back(rule);
    }
  }

  Chains& chains_;
  const flow::InterfaceClasses& classes_;
  std::string_view option_;
  const std::vector<Target>& targets_;
};

}  // namespace

unsigned InterfaceLevels(const flow::InterfaceClasses& classes) { return classes.size() > kLinear ? 2 : 1; }

Target DispatchInterface(Chains& chains, const flow::InterfaceClasses& classes, std::string_view option,
                         const std::vector<Target>& targets, Place place) {
  return Dispatcher(chains, classes, option, targets).Run(place);
}

}  // namespace appnet::backend::iptables
